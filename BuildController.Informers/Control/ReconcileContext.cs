using BuildController.Informers.LeaderElection;
using BuildController.Informers.WorkQueue;

namespace BuildController.Informers.Control;

/// <summary>What is to be reconciled, and why. In a unit test it is simply made: <c>new ReconcileContext&lt;ObjectKey&gt;(key)</c>.</summary>
/// <typeparam name="TKey">What names an object.</typeparam>
/// <param name="key">Which object.</param>
public sealed class ReconcileContext<TKey>(TKey key)
    where TKey : notnull
{
    /// <summary>Which object to look at. It may be gone by now.</summary>
    public TKey Key { get; } = key;

    /// <summary>
    /// Why: the events since the last visit, those of one kind and object merged, and those of a visit that failed again with
    /// its retry. A hint, for logs and for what is cheap to skip; never a reason not to look. Empty where nothing is known.
    /// </summary>
    public IReadOnlyList<WorkCause> Causes { get; init; } = [];

    /// <summary>How many further events found no room among <see cref="Causes"/>.</summary>
    public int OmittedCauses { get; init; }

    /// <summary>How often this key has failed in a row until now; 0 on a first try.</summary>
    public int Retries { get; init; }

    /// <summary>With which priority it came; see <see cref="WorkPriority"/>.</summary>
    public int Priority { get; init; }

    /// <summary>How long it waited for a worker.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>What logs and metrics call the controller.</summary>
    public string Controller { get; init; } = string.Empty;

    /// <summary>The term of leadership that the work belongs to; null where the controller needs none.</summary>
    public FencingToken? Term { get; init; }

    /// <summary>The key and the reasons, in one line.</summary>
    public override string ToString() => Causes.Count == 0 ? $"{Key}" : $"{Key} ({string.Join(", ", Causes)}{(OmittedCauses > 0 ? $", {OmittedCauses} more" : string.Empty)})";
}
