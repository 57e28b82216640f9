using System.Diagnostics.Metrics;
using BuildController.Informers.Client;
using BuildController.Informers.Events;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds event recorders to a host.</summary>
public static class EventRecorderServiceCollectionExtensions
{
    /// <summary>
    /// Adds a recorder as the singleton <see cref="IEventRecorder"/>, and under the key <paramref name="component"/> for hosts with several components:
    /// without a key the one added last is found. It writes through the <see cref="IClientset"/> of the services, in
    /// their <see cref="OperatorRuntime"/> or, where there is none, with their logs, metrics and clock.
    /// </summary>
    /// <remarks>
    /// The container disposes it, and thereby writes what still waits: after hosted services have stopped, so what controllers say last
    /// is said, and before the clientset, if that is the container's too. Dispose the container with <c>DisposeAsync</c>; hosts do.
    /// </remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="component">Who the events come from.</param>
    /// <param name="configure">Changes the options: <c>o => o with { SpamBurst = 50 }</c>; null for the defaults.</param>
    /// <exception cref="ArgumentException">The component is empty or an option makes no sense; the message names it.</exception>
    public static IServiceCollection AddEventRecorder(
        this IServiceCollection services, string component, Func<EventRecorderOptions, EventRecorderOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(component);
        var options = new EventRecorderOptions();
        options = configure?.Invoke(options) ?? options;
        options.Validate();
        services.AddKeyedSingleton<IEventRecorder>(component, (provider, _) =>
            new EventRecorder(provider.GetRequiredService<IClientset>(), component, options, RuntimeOf(provider)));
        return services.AddSingleton(provider => provider.GetRequiredKeyedService<IEventRecorder>(component));
    }

    private static OperatorRuntime RuntimeOf(IServiceProvider provider) => provider.GetService<OperatorRuntime>() ?? new OperatorRuntime
    {
        Time = provider.GetService<TimeProvider>() ?? TimeProvider.System,
        LoggerFactory = provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
        MeterFactory = provider.GetService<IMeterFactory>(),
    };
}
