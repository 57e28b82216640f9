using BuildController.Core.Sync;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using BuildController.Informers.LeaderElection;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the build controller to a host.</summary>
public static class ImageBuildServiceCollectionExtensions
{
    /// <summary>
    /// Runs the build controller in the host, started and stopped with it. Needs an <see cref="IClientset"/> among the
    /// services, and takes an <see cref="OperatorRuntime"/> and an <see cref="ILeadership"/> if there are any: add leader election before. If the controller fails, for example because its caches do
    /// not fill, the host stops.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">How to work; null for the defaults.</param>
    public static IServiceCollection AddImageBuildController(this IServiceCollection services, ImageBuildOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddSingleton(provider => new ImageBuildController(
            provider.GetRequiredService<IClientset>(), options, provider.GetService<OperatorRuntime>(), provider.GetService<ILeadership>()));
        return services.AddController(static provider => provider.GetRequiredService<ImageBuildController>());
    }
}
