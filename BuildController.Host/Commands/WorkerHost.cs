using BuildController.Core.Sync;
using BuildController.Host.Configuration;
using BuildController.Host.Health;
using BuildController.Host.Metrics;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BuildController.Host.Commands;

/// <summary>
/// The build controller in a generic host, with its election and what watches over it. It stops in order, within a bound: pools that are worked on are
/// finished, then the lease is given up, and last the probes fall silent.
/// </summary>
internal static partial class WorkerHost
{
    /// <summary>It has failed, and logged why.</summary>
    private const int Failed = 1;

    /// <summary>It was asked to stop and has not stopped within its bound.</summary>
    private const int TookTooLong = 3;

    /// <summary>Runs until told to stop.</summary>
    /// <param name="clientset">The cluster.</param>
    /// <param name="settings">How to work; nothing that depends on the cluster is left open.</param>
    /// <param name="metrics">The worker's meters.</param>
    /// <param name="runtime">Clock, scheduler and logs.</param>
    /// <param name="cancellationToken">Tells it to stop.</param>
    /// <returns>The exit status.</returns>
    /// <exception cref="IOException">It cannot listen where it should.</exception>
    public static async Task<int> RunAsync(
        IClientset clientset, WorkerSettings settings, MetricSources metrics, OperatorRuntime runtime, CancellationToken cancellationToken)
    {
        using OtlpExport? otlp = settings.Otlp is { } variables ? OtlpExport.Start(variables) : null;
        ILogger logger = runtime.LoggerFactory.CreateLogger(typeof(WorkerHost).FullName!);
        IHost host = Build(clientset, settings, metrics, runtime);
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop before all was started: what was is stopped all the same.
        }
        catch
        {
            await DisposeAsync(host, settings, runtime);
            throw;
        }

        if (!await StopsInTimeAsync(host, cancellationToken))
        {
            // Nothing waits for it.
            LogTookTooLong(logger, DurationText.Write(settings.ShutdownTimeout));
            return cancellationToken.IsCancellationRequested ? TookTooLong : Failed;
        }

        await DisposeAsync(host, settings, runtime);

        // Not asked to stop, and yet stopped: the controller has failed, and logged why.
        return cancellationToken.IsCancellationRequested ? 0 : Failed;
    }

    private static async Task<bool> StopsInTimeAsync(IHost host, CancellationToken cancellationToken)
    {
        try
        {
            await host.WaitForShutdownAsync(cancellationToken);
            return true;
        }
        catch (Exception error) when (error is OperationCanceledException or AggregateException)
        {
            // A service that did not come to its end in time: the host has logged which.
            return false;
        }
    }

    private static Task DisposeAsync(IHost host, WorkerSettings settings, OperatorRuntime runtime) =>
        ((IAsyncDisposable)host).DisposeAsync().AsTask().WaitAsync(settings.ShutdownTimeout, runtime.Time);

    private static IHost Build(IClientset clientset, WorkerSettings settings, MetricSources metrics, OperatorRuntime runtime)
    {
        // The empty builder reads no configuration, environment or arguments, and the process' signals are ours.
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(settings: null);
        IServiceCollection services = builder.Services;
        services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.ShutdownTimeout);
        services.AddSingleton(runtime);
        services.AddSingleton(runtime.LoggerFactory);
        services.AddSingleton<IHostLifetime, NoLifetime>();
        services.AddSingleton(clientset);

        // Services stop in the reverse order.
        bool hasElection = settings.LeaderElect == true;
        if (settings.MetricsAddress is { } address)
        {
            services.AddWorkerHealth(hasElection);
            services.AddSingleton(_ => new PrometheusExporter(metrics.Has));
            services.AddSingleton<IHostedService>(provider => new MonitoringServer(
                address, provider.GetRequiredService<HealthCheckService>(), provider.GetRequiredService<PrometheusExporter>(), runtime.LoggerFactory));
        }

        if (hasElection)
        {
            services.AddLeaderElection(options =>
            {
                options.Namespace = settings.Election.Namespace;
                options.Name = settings.Election.Name;
                options.LeaseDuration = settings.Election.LeaseDuration;
                options.RenewDeadline = settings.Election.RenewDeadline;
                options.RetryPeriod = settings.Election.RetryPeriod;
            });
        }

        services.AddImageBuildController(settings.Build);
        return builder.Build();
    }

    [LoggerMessage(8101, LogLevel.Error, "The worker has not stopped within {Bound}: what runs is left behind, and a lease that is held expires", EventName = "StopTookTooLong")]
    private static partial void LogTookTooLong(ILogger logger, string bound);
}
