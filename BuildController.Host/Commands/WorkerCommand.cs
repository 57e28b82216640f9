using BuildController.Core.Model;
using BuildController.Core.Sync;
using BuildController.Host.Samples;
using BuildController.Host.Simulation;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BuildController.Host.Commands;

/// <summary>The standalone worker: the build controller in a generic host, on the cluster asked for or on an embedded one.</summary>
internal static class WorkerCommand
{
    public static async Task<int> RunAsync(WorkerSettings settings, TextWriter output, CancellationToken cancellationToken)
    {
        using ILoggerFactory loggers = HostLogging.Create(settings.LogLevel);
        var runtime = new OperatorRuntime { LoggerFactory = loggers };
        ClusterConfiguration? configuration = settings.Connection.Resolve();
        if (configuration is null)
            return await RunEmbeddedAsync(settings, runtime, output, cancellationToken);

        if (settings.Port is not null)
            throw new UsageException("--port is the embedded cluster's: leave it out to work on a real one.");

        await using var clientset = new HttpClientset(configuration with { UserAgent = "machine-os-builder" }, runtime);
        await ProbeAsync(clientset, configuration, cancellationToken);
        await output.WriteLineAsync($"Building images for the layered pools of {configuration}. Ctrl-C ends it.");
        return await HostAsync(clientset, new ImageBuildOptions { Namespace = settings.Namespace }, runtime, cancellationToken);
    }

    private static async Task<int> RunEmbeddedAsync(WorkerSettings settings, OperatorRuntime runtime, TextWriter output, CancellationToken cancellationToken)
    {
        await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(settings.Port ?? 0, runtime, new SimulatedKubeletOptions(), cancellationToken);
        await SampleCluster.OptInAsync(cluster.Connect("admin"), cancellationToken);
        await output.WriteLineAsync(Greeting.Worker(cluster));

        // A person watches: there is no burst of events to wait out.
        var options = new ImageBuildOptions { Namespace = settings.Namespace, UpdateDelay = TimeSpan.FromMilliseconds(200) };
        return await HostAsync(cluster.Connect("machine-os-builder"), options, runtime, cancellationToken);
    }

    /// <summary>One request tells in one line what would otherwise be an informer's endless retries.</summary>
    private static async Task ProbeAsync(HttpClientset clientset, ClusterConfiguration configuration, CancellationToken cancellationToken)
    {
        try
        {
            await clientset.Resource(Resources.MachineConfigPools).ListAsync(@namespace: null, new ListOptions { Limit = 1 }, cancellationToken);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            throw new ApiException(
                ApiErrorReason.NotFound,
                $"{configuration} has no {Resources.MachineConfigPools.Resource.QualifiedName}: use an OpenShift cluster, or one that has this resource definition.",
                error);
        }
        catch (ApiException error) when (error.IsDenied)
        {
            throw new ApiException(error.Reason, $"{configuration} refuses this worker ({error.Message}): check the credentials and what they permit.", error);
        }
        catch (ApiException error) when (!error.Message.Contains(configuration.Server.Authority, StringComparison.Ordinal))
        {
            // An API server's answer names the fault, but not who answered.
            throw new ApiException(error.Reason, $"{configuration}: {error.Message}", error);
        }
    }

    private static async Task<int> HostAsync(IClientset clientset, ImageBuildOptions options, OperatorRuntime runtime, CancellationToken cancellationToken)
    {
        // The empty builder reads no configuration, environment or arguments, and the process' signals are ours.
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddSingleton(runtime);
        builder.Services.AddSingleton(runtime.LoggerFactory);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton(clientset);
        builder.Services.AddImageBuildController(options);
        using IHost host = builder.Build();
        await host.RunAsync(cancellationToken);

        // Not asked to stop, and yet stopped: the controller has failed, and logged why.
        return cancellationToken.IsCancellationRequested ? 0 : 1;
    }
}
