using System.Globalization;
using BuildController.Informers.WorkQueue;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BuildController.Informers.Diagnostics;

/// <summary>
/// Says whether the workers of queues get on. A worker that has had one key for long degrades the check, and fails it in the end: it
/// hangs, and its key cannot be given to another. Use it for liveness, where a restart helps, with times longer than any honest work.
/// </summary>
/// <example>
/// <code>
/// services.AddHealthChecks().AddCheck&lt;QueueHealthCheck&gt;("queues"); // All queues that AddController has made.
/// </code>
/// </example>
public sealed class QueueHealthCheck : IHealthCheck
{
    private readonly IWorkQueue[] queues;
    private readonly QueueHealthCheckOptions options;

    /// <summary>Makes a check.</summary>
    /// <param name="queues">Which queues to look at.</param>
    /// <param name="options">When a worker is stuck; null for the defaults.</param>
    public QueueHealthCheck(IEnumerable<IWorkQueue> queues, QueueHealthCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(queues);
        this.queues = [.. queues];
        this.options = options ?? new QueueHealthCheckOptions();
    }

    /// <summary>Looks at each queue; it completes at once. The data has for each how many keys are ready, delayed and with workers.</summary>
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        var data = new Dictionary<string, object>();
        var complaints = new List<string>();
        bool hasFailed = false;
        foreach (IWorkQueue queue in queues)
        {
            WorkQueueHealth health = queue.Health;
            string name = queue.Name.Length > 0 ? queue.Name : "(no name)";
            data[name] = string.Create(CultureInfo.InvariantCulture, $"{health.Ready} ready, {health.Delayed} delayed, {health.Processing} with workers");
            if (health.LongestRunning is not { } longest || longest < options.DegradedAfter)
                continue;

            hasFailed |= longest >= options.FailedAfter;
            complaints.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: a worker has had {health.LongestRunningKey} for {longest.TotalSeconds:0} s"));
        }

        HealthStatus status = hasFailed ? context.Registration.FailureStatus : complaints.Count > 0 ? HealthStatus.Degraded : HealthStatus.Healthy;
        string description = complaints.Count > 0
            ? string.Join("; ", complaints)
            : string.Create(CultureInfo.InvariantCulture, $"The workers of all {queues.Length} queues get on.");
        return Task.FromResult(new HealthCheckResult(status, description, data: data));
    }
}

/// <summary>When <see cref="QueueHealthCheck"/> finds a worker stuck.</summary>
public sealed record QueueHealthCheckOptions
{
    /// <summary>After how long with one key a worker is degraded. The default is 5 minutes.</summary>
    public TimeSpan DegradedAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>After how long it fails. The default is 30 minutes.</summary>
    public TimeSpan FailedAfter { get; init; } = TimeSpan.FromMinutes(30);
}
