using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Control;
using BuildController.Informers.Execution;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.WorkQueue;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds controllers to a host.</summary>
public static class ControllerServiceCollectionExtensions
{
    /// <summary>
    /// Runs a controller in the host: started with it, and stopped in order within the host's shutdown time. A controller that
    /// fails, for example because its caches do not sync, stops the host.
    /// </summary>
    /// <remarks>
    /// <para>Needs an <see cref="IClientset"/> among the services. Controllers share one <see cref="SharedInformerFactory"/> and one
    /// <see cref="OperatorRuntime"/>, made of the host's logging, metrics and <see cref="TimeProvider"/>; add others before to have others.
    /// The reconciler is a singleton, made by the container.</para>
    /// <para>Where an <see cref="ILeadership"/> is among the services, as after <c>AddLeaderElection</c>, the controller works only while this
    /// process leads, unless <paramref name="configure"/> says otherwise by setting <c>o.LeaderOnly = false</c>.</para>
    /// <para>The queue is there as a keyed <see cref="IWorkQueue{TKey}"/> of <see cref="ObjectKey"/> under the controller's name, for others
    /// who want to wake the controller up, and all queues as <see cref="IWorkQueue"/>, for a health check.</para>
    /// </remarks>
    /// <example>
    /// <code>
    /// services.AddController&lt;WidgetReconciler&gt;("widgets", o =>
    /// {
    ///     o.For(Widgets).Owns(ConfigMaps);
    ///     o.Options.Workers = 4;
    /// });
    /// </code>
    /// </example>
    /// <typeparam name="TReconciler">What to do with a key.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="name">What logs and metrics call the controller.</param>
    /// <param name="configure">Says what the controller is for and how it runs. Called at once.</param>
    /// <exception cref="ArgumentException">There is a controller of that name already, or an option is out of its range.</exception>
    public static IServiceCollection AddController<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TReconciler>(
        this IServiceCollection services, string name, Action<ControllerBuilder> configure)
        where TReconciler : class, IReconciler<ObjectKey>
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(service => service.IsKeyedService && service.ServiceType == typeof(IController) && Equals(service.ServiceKey, name)))
            throw new ArgumentException($"There is a controller '{name}' already: give each a name of its own.", nameof(name));

        var builder = new ControllerBuilder(name);
        configure(builder);
        builder.Options.Validate();

        services.AddOperatorRuntime();
        services.TryAddSingleton(static provider => new SharedInformerFactory(provider.GetRequiredService<IClientset>(), null, provider.GetRequiredService<OperatorRuntime>()));
        services.TryAddSingleton<TReconciler>();
        services.AddKeyedSingleton(name, (provider, _) => builder.MakeQueue(provider.GetRequiredService<OperatorRuntime>()));
        services.AddSingleton<IWorkQueue>(provider => provider.GetRequiredKeyedService<IWorkQueue<ObjectKey>>(name));
        services.AddKeyedSingleton(name, (provider, _) =>
        {
            if (builder.LeaderOnly)
                builder.Options.Leadership ??= provider.GetService<ILeadership>();

            return builder.Build(
                provider.GetRequiredService<SharedInformerFactory>(),
                provider.GetRequiredService<TReconciler>(),
                provider.GetRequiredKeyedService<IWorkQueue<ObjectKey>>(name),
                provider.GetRequiredService<OperatorRuntime>());
        });
        return services.AddController(provider => provider.GetRequiredKeyedService<IController>(name));
    }

    /// <summary>Runs a controller that was made in another way in the host. Call it once for each controller.</summary>
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

    /// <summary>
    /// Adds the <see cref="OperatorRuntime"/> that the library's parts run in, unless there is one: with the host's logging and
    /// metrics, and its <see cref="TimeProvider"/> if there is one.
    /// </summary>
    public static IServiceCollection AddOperatorRuntime(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(static provider => new OperatorRuntime
        {
            Time = provider.GetService<TimeProvider>() ?? TimeProvider.System,
            LoggerFactory = provider.GetService<ILoggerFactory>() ?? Logging.Abstractions.NullLoggerFactory.Instance,
            MeterFactory = provider.GetService<IMeterFactory>(),
        });
        return services;
    }
}
