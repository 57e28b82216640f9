using BuildController.Core.Sync;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;
using BuildController.Informers.LeaderElection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BuildController.Host.Health;

/// <summary>
/// The worker's checks. Live is what a restart helps against: workers that hang, an elector that hangs. Ready is what mends itself: local copies that
/// are not there yet or have lost their server. A standby is both.
/// </summary>
internal static class WorkerHealth
{
    public const string Live = "live";
    public const string Ready = "ready";

    public static void AddWorkerHealth(this IServiceCollection services, bool hasElection)
    {
        IHealthChecksBuilder checks = services.AddHealthChecks()
            .Add(new HealthCheckRegistration("stopping", static provider => ActivatorUtilities.CreateInstance<StoppingHealthCheck>(provider), null, [Ready]))
            .Add(new HealthCheckRegistration(
                "informers",
                static provider => new InformerHealthCheck(provider.GetRequiredService<ImageBuildController>().Informers, runtime: provider.GetRequiredService<OperatorRuntime>()),
                null, [Ready]))
            .Add(new HealthCheckRegistration("queue", static provider => new QueueHealthCheck([provider.GetRequiredService<ImageBuildController>().Queue]), null, [Live]));
        if (hasElection)
            checks.Add(new HealthCheckRegistration("leader", static provider => new LeaderHealthCheck(provider.GetRequiredService<LeaderElector>()), null, [Live]));
    }
}
