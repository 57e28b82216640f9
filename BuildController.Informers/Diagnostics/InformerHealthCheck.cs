using System.Globalization;
using BuildController.Informers.Cache;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BuildController.Informers.Diagnostics;

/// <summary>
/// Says whether the local copies of a factory can be trusted. Informers that have not synced, or have not got on with their server for long,
/// fail the check; younger trouble, watches that stay silent and objects that cannot be decoded degrade it. The data names each informer
/// that is not well, and why. Use it for readiness, not for liveness: informers mend themselves, and a restart only makes them list again.
/// </summary>
/// <example>
/// <code>
/// services.AddHealthChecks().AddCheck("informers", new InformerHealthCheck(informers));
/// </code>
/// </example>
public sealed class InformerHealthCheck : IHealthCheck
{
    private readonly SharedInformerFactory informers;
    private readonly InformerHealthCheckOptions options;
    private readonly OperatorRuntime runtime;

    /// <summary>Makes a check.</summary>
    /// <param name="informers">Whose informers to look at, those asked for later too.</param>
    /// <param name="options">When an informer is ill; null for the defaults.</param>
    /// <param name="runtime">The clock of the informers; null for <see cref="OperatorRuntime.Default"/>.</param>
    public InformerHealthCheck(SharedInformerFactory informers, InformerHealthCheckOptions? options = null, OperatorRuntime? runtime = null)
    {
        ArgumentNullException.ThrowIfNull(informers);
        this.informers = informers;
        this.options = options ?? new InformerHealthCheckOptions();
        this.runtime = runtime ?? OperatorRuntime.Default;
    }

    /// <summary>Looks at each informer. It asks no server and completes at once.</summary>
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<ISharedInformer> all = informers.Informers;
        var data = new Dictionary<string, object>();
        bool hasFailed = false;
        foreach (ISharedInformer informer in all)
        {
            if (Judge(informer.Health) is not { } found)
                continue;

            hasFailed |= found.HasFailed;
            string name = informer.Namespace is { } of ? $"{informer.Resource} in namespace '{of}'" : informer.Resource.ToString();

            // Several selections of one resource have one name.
            data[name] = data.TryGetValue(name, out object? before) ? $"{before}; {found.Why}" : found.Why;
        }

        HealthStatus status = hasFailed ? context.Registration.FailureStatus : data.Count > 0 ? HealthStatus.Degraded : HealthStatus.Healthy;
        string description = data.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"All {all.Count} informers are well.")
            : string.Join("; ", data.Select(static entry => $"{entry.Key}: {entry.Value}"));
        return Task.FromResult(new HealthCheckResult(status, description, data: data));
    }

    /// <returns>What is wrong with an informer; null if it is well.</returns>
    private (bool HasFailed, string Why)? Judge(InformerHealth health)
    {
        DateTimeOffset now = runtime.Time.GetUtcNow();
        TimeSpan failing = now - health.FailingSince ?? TimeSpan.Zero;
        TimeSpan unheard = now - health.LastContact ?? TimeSpan.Zero;
        string? lastError = health.LastError?.Message.TrimEnd('.');
        if (!health.HasSynced)
            return (true, lastError is null ? "has not synced: the list has not come to its end" : $"has not synced, failing for {Seconds(failing)}: {lastError}");

        if (failing >= options.DegradedAfter)
            return (failing >= options.FailedAfter, $"failing for {Seconds(failing)}: {lastError}");

        if (unheard >= options.DegradedAfter)
            return (unheard >= options.FailedAfter, $"nothing heard of the server for {Seconds(unheard)}");

        if (options.DegradedAfterSilentWatches > 0 && health.SilentWatches >= options.DegradedAfterSilentWatches)
        {
            return (false, string.Create(CultureInfo.InvariantCulture,
                $"the last {health.SilentWatches} watches were accepted and stayed silent, without even a bookmark"));
        }

        return health.Undecodable.Count > 0
            ? (false, string.Create(CultureInfo.InvariantCulture, $"cannot be decoded: {string.Join(", ", health.Undecodable.Order().Take(3))} ({health.Undecodable.Count} in all)"))
            : null;
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");
}
