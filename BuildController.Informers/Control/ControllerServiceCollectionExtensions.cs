using BuildController.Informers.Control;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds controllers to a host.</summary>
public static class ControllerServiceCollectionExtensions
{
    /// <summary>
    /// Runs a controller in the host: started with it, and stopped in order within the host's shutdown time. A controller that
    /// fails, for example because its caches do not sync, stops the host. Call it once for each controller.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="create">Makes the controller, usually by <see cref="Controller.Create"/>. Called once, when the host starts.</param>
    public static IServiceCollection AddController(this IServiceCollection services, Func<IServiceProvider, IController> create)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(create);

        // Not AddHostedService: it takes a second controller for the first one again.
        return services.AddSingleton<IHostedService>(provider =>
            new ControllerHostedService(create(provider), provider.GetRequiredService<IHostApplicationLifetime>()));
    }
}
