using BuildController.Core.Model;
using BuildController.Informers.Api;

namespace BuildController.Core.Rebuild;

/// <summary>
/// The controller's memory of a pool, kept in one annotation of the pool: what is served now, and how the last attempts
/// ended. Everything else is read off the world at each sync.
/// </summary>
public sealed record BuildState
{
    /// <summary>How many finished attempts are remembered.</summary>
    public const int HistoryLength = 5;

    /// <summary>The schema version that is written.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Nothing served, nothing remembered.</summary>
    public static BuildState Empty { get; } = new();

    /// <summary>The schema version.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The attempt served now, or null.</summary>
    public BuildAttempt? Serving { get; init; }

    /// <summary>The rendered config that the recorded image was built from, or null if there is no image yet.</summary>
    public string? Built { get; init; }

    /// <summary>The last finished attempts, oldest first, at most <see cref="HistoryLength"/>; never null.</summary>
    public IReadOnlyList<FinishedAttempt> History { get => field ?? []; init; }

    /// <summary>The attempt that finished last, or null.</summary>
    public FinishedAttempt? Last => History.Count > 0 ? History[^1] : null;

    /// <summary>What is kept on a pool; <see cref="Empty"/> if nothing is, or nothing that can be read.</summary>
    /// <param name="pool">The pool's metadata.</param>
    public static BuildState Of(ObjectMeta pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        return pool.Annotations.TryGetValue(PoolKeys.BuildState, out string? text) && BuildStateJson.TryRead(text, out BuildState? state) ? state : Empty;
    }

    /// <summary>The state after an attempt has ended.</summary>
    public BuildState Finish(FinishedAttempt attempt) => this with
    {
        Serving = null,
        History = [.. History.Append(attempt).TakeLast(HistoryLength)],
    };
}
