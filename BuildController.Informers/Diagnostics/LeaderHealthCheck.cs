using System.Globalization;
using BuildController.Informers.LeaderElection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BuildController.Informers.Diagnostics;

/// <summary>
/// Says whether a candidate does as it should. It fails if this process is in a term that it has not renewed for longer than the lease
/// lasts and the tolerance: the elector hangs, or work of a term that is lost does not end. Then a restart helps, so it may be used for liveness. It is
/// degraded while tries to get or renew the lease fail, for as long as the lease lasts and longer. A standby is healthy.
/// The data says who leads.
/// </summary>
/// <example>
/// <code>
/// services.AddHealthChecks().AddCheck&lt;LeaderHealthCheck&gt;("leader");
/// </code>
/// </example>
public sealed class LeaderHealthCheck : IHealthCheck
{
    private readonly LeaderElector elector;
    private readonly TimeSpan tolerance;

    /// <summary>Makes a check.</summary>
    /// <param name="elector">Which candidate to look at.</param>
    /// <param name="tolerance">How much longer than the lease lasts a term may go without a renewal. The default, null, is 20 seconds, as Kubernetes' own controllers have it.</param>
    public LeaderHealthCheck(LeaderElector elector, TimeSpan? tolerance = null)
    {
        ArgumentNullException.ThrowIfNull(elector);
        this.elector = elector;
        this.tolerance = tolerance ?? TimeSpan.FromSeconds(20);
        ArgumentOutOfRangeException.ThrowIfLessThan(this.tolerance, TimeSpan.Zero, nameof(tolerance));
    }

    /// <summary>Looks at the elector. It asks no server and completes at once.</summary>
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        LeaderElectionHealth health = elector.Health;
        var data = new Dictionary<string, object>
        {
            ["identity"] = elector.Identity,
            ["isLeading"] = health.IsLeading,
            ["leader"] = health.Leader ?? string.Empty,
        };
        if (health.Term is { } term)
            data["term"] = term.ToString();

        (HealthStatus status, string description) = Judge(health, context.Registration.FailureStatus);
        return Task.FromResult(new HealthCheckResult(status, description, data: data));
    }

    private (HealthStatus Status, string Description) Judge(LeaderElectionHealth health, HealthStatus failed)
    {
        if (health.SinceRenewal is { } since && since > elector.LeaseDuration + tolerance)
        {
            return (failed, health.Participants > 0
                ? $"Term {health.Term} has not been renewed for {Seconds(since)}, and {health.Participants.ToString(CultureInfo.InvariantCulture)} participants have not left it."
                : $"Term {health.Term} has not been renewed for {Seconds(since)}, and the elector has not noticed.");
        }

        if (health.FailingFor is { } failing && failing >= elector.LeaseDuration)
            return (HealthStatus.Degraded, $"Tries to get or renew the lease have failed for {Seconds(failing)}: {health.LastError?.Message}");

        return (HealthStatus.Healthy, health.IsLeading ? $"Leads in term {health.Term}." : $"Stands by; the leader is {health.Leader ?? "not known"}.");
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");
}
