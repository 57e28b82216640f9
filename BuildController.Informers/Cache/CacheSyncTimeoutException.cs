using System.Globalization;
using BuildController.Informers.Api;

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

    private static string Describe(ISharedInformer informer) => string.Join("; ", informer.HealthByNamespace
        .Where(static source => !source.Value.HasSynced)
        .Select(source => $"{informer.Resource}{(source.Key.Length == 0 ? string.Empty : $" in namespace '{source.Key}'")} ({Why(source.Value)})"));

    private static string Why(InformerHealth health)
    {
        if (health.LastError is not { } error)
            return "no error so far, the list has not come to its end";

        string reason = error is ApiException { Reason: var why, Code: var code } ? $"{why}{(code > 0 ? $" {code}" : string.Empty)}: " : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"failing since {health.FailingSince:u}, attempts: {health.FailedAttempts}, last: {reason}{error.Message.TrimEnd('.')}");
    }
}
