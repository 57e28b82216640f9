using System.Globalization;

namespace BuildController.Informers.Cache;

/// <summary>Local copies did not sync in the time given. The message names each, and says why as far as it is known.</summary>
public sealed class CacheSyncTimeoutException : TimeoutException
{
    internal CacheSyncTimeoutException(TimeSpan timeout, IReadOnlyList<ISharedInformer> unsynced)
        : base(Describe(timeout, unsynced), unsynced.Select(static informer => informer.Health.LastError).FirstOrDefault(static error => error is not null)) =>
        Unsynced = unsynced;

    /// <summary>The informers that had not synced. They go on trying; their health says how.</summary>
    public IReadOnlyList<ISharedInformer> Unsynced { get; }

    private static string Describe(TimeSpan timeout, IReadOnlyList<ISharedInformer> unsynced) =>
        $"Not synced after {timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s: {string.Join("; ", unsynced.Select(Describe))}.";

    private static string Describe(ISharedInformer informer)
    {
        string where = informer.Namespace is null ? string.Empty : $" in namespace '{informer.Namespace}'";
        InformerHealth health = informer.Health;
        string why = health.LastError is { } error
            ? string.Create(CultureInfo.InvariantCulture, $"failing since {health.FailingSince:u}, attempts: {health.FailedAttempts}, last: {error.Message.TrimEnd('.')}")
            : "no error so far, the list has not come to its end";
        return $"{informer.Resource}{where} ({why})";
    }
}
