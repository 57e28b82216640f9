using BuildController.Informers.Client;
using BuildController.Informers.Events;
using BuildController.Informers.Execution;
using BuildController.Informers.LeaderElection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds leader election to a host.</summary>
public static class LeaderElectionServiceCollectionExtensions
{
    /// <summary>
    /// Lets the host compete for a lease: <see cref="LeaderElector"/> and <see cref="ILeadership"/> become services, and the elector runs as
    /// long as the host does. Call it before the controllers that join are added: hosts stop in reverse, so that the
    /// controllers have left when the lease is given up. In another order the stop ends the term, and the controllers leave then.
    /// </summary>
    /// <remarks>
    /// It takes <see cref="IClientset"/>, without a fence, and, if there are any, <see cref="OperatorRuntime"/> and <see cref="IEventRecorder"/>
    /// from the services. Options are validated when the host starts. A host stops within its shutdown time; work that does not
    /// leave in it is left behind, and the lease then expires instead of being given up.
    /// </remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets at least <see cref="LeaderElectionOptions.Namespace"/> and <see cref="LeaderElectionOptions.Name"/>.</param>
    /// <exception cref="InvalidOperationException">It was called before. For a second lease make a <see cref="LeaderElector"/> by hand.</exception>
    public static IServiceCollection AddLeaderElection(this IServiceCollection services, Action<LeaderElectionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(static service => service.ServiceType == typeof(LeaderElector)))
            throw new InvalidOperationException("Leader election was added before: a host competes for one lease. For a second one make a LeaderElector by hand.");

        services.AddOptions<LeaderElectionOptions>().Configure(configure);
        services.AddSingleton(static provider => new LeaderElector(
            provider.GetRequiredService<IClientset>(),
            provider.GetRequiredService<IOptions<LeaderElectionOptions>>().Value,
            provider.GetService<OperatorRuntime>(),
            provider.GetService<IEventRecorder>()));
        services.AddSingleton<ILeadership>(static provider => provider.GetRequiredService<LeaderElector>());
        services.AddSingleton<IHostedService>(static provider => new LeaderElectionHostedService(
            provider.GetRequiredService<LeaderElector>(), provider.GetRequiredService<IHostApplicationLifetime>()));
        return services;
    }
}
