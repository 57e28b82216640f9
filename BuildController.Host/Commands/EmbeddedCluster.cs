using BuildController.Host.Samples;
using BuildController.Host.Server;
using BuildController.Host.Server.Faults;
using BuildController.Host.Simulation;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Informers.Testing.Faults;

namespace BuildController.Host.Commands;

/// <summary>
/// A whole cluster in this process: the API server over HTTPS, the samples, and a kubelet that reaches it as everybody
/// else does. Disposing stops the kubelet, ends open watches and removes the kubeconfig.
/// </summary>
internal sealed class EmbeddedCluster : IAsyncDisposable
{
    private const string Admin = "admin";
    private const string Kubelet = "kubelet";
    private const string ImageBuilder = "image-builder";

    /// <summary>The names of the cluster's own clients.</summary>
    private static readonly string[] Own = [Admin, Kubelet, ImageBuilder];

    private readonly EmbeddedApiServer server;
    private readonly OperatorRuntime runtime;
    private readonly List<IAsyncDisposable> parts = [];
    private readonly string folder;
    private readonly CancellationTokenSource stopKubelet = new();
    private Task kubelet = Task.CompletedTask;

    private EmbeddedCluster(EmbeddedApiServer server, string folder, OperatorRuntime runtime)
    {
        this.server = server;
        this.folder = folder;
        this.runtime = runtime;
        KubeconfigPath = Path.Combine(folder, "kubeconfig");
    }

    /// <summary>Where the API server listens.</summary>
    public Uri Address => server.Address;

    /// <summary>A kubeconfig that reaches it; only this user may read it.</summary>
    public string KubeconfigPath { get; }

    /// <exception cref="PortInUseException">The port is taken.</exception>
    /// <exception cref="IOException">There is no place for the kubeconfig.</exception>
    public static Task<EmbeddedCluster> StartAsync(int port, OperatorRuntime runtime, SimulatedKubeletOptions? kubelet, CancellationToken cancellationToken) =>
        StartAsync(port, runtime, kubelet, faults: null, cancellationToken);

    /// <param name="port">Where to listen; 0 for a free port.</param>
    /// <param name="runtime">The clock and the logs.</param>
    /// <param name="kubelet">How pods go; null if they stay as they are created.</param>
    /// <param name="faults">What befalls the requests of clients; null for nothing. The cluster's own clients are spared, restarts of the server apart.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <inheritdoc cref="StartAsync(int, OperatorRuntime, SimulatedKubeletOptions?, CancellationToken)"/>
    public static async Task<EmbeddedCluster> StartAsync(
        int port, OperatorRuntime runtime, SimulatedKubeletOptions? kubelet, IFaultPlan? faults, CancellationToken cancellationToken)
    {
        var store = new InMemoryCluster(runtime);
        OpenShiftDefinitions.Register(store);
        string folder = MakeFolder();
        EmbeddedApiServer server;
        try
        {
            server = await EmbeddedApiServer.StartAsync(store, new EmbeddedApiServerOptions
            {
                Port = port,
                Runtime = runtime,
                Faults = faults is null ? null : new FaultsExcept(faults, Own),
            }, cancellationToken);
        }
        catch
        {
            Directory.Delete(folder);
            throw;
        }

        var cluster = new EmbeddedCluster(server, folder, runtime);
        try
        {
            server.WriteKubeconfig(cluster.KubeconfigPath);
            await SampleCluster.CreateAsync(cluster.Connect(Admin), cancellationToken);
            if (kubelet is not null)
                cluster.StartKubelet(kubelet);

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client of its own, which lives as long as the cluster.</summary>
    /// <param name="userAgent">How its requests name it.</param>
    public IClientset Connect(string userAgent)
    {
        var clientset = new HttpClientset(KubeConfig.Load(KubeconfigPath) with { UserAgent = userAgent }, runtime);
        parts.Add(clientset);
        return clientset;
    }

    public async ValueTask DisposeAsync()
    {
        stopKubelet.Cancel();
        await kubelet;
        for (int i = parts.Count - 1; i >= 0; i--)
            await parts[i].DisposeAsync();

        await server.DisposeAsync();
        stopKubelet.Dispose();

        // Somebody may have tidied up before us.
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static string MakeFolder()
    {
        try
        {
            return Directory.CreateTempSubdirectory("buildcontroller-").FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The folder for temporary files, {Path.GetTempPath()}, cannot be written ({error.Message.TrimEnd('.')}): set TMPDIR to one that can.", error);
        }
    }

    private void StartKubelet(SimulatedKubeletOptions options)
    {
        var simulated = new SimulatedKubelet(Connect(Kubelet), options, runtime);
        var builder = new SimulatedImageBuilder(Connect(ImageBuilder), runtime);
        parts.Add(simulated);
        parts.Add(builder);
        kubelet = Task.WhenAll(simulated.RunAsync(stopKubelet.Token), builder.RunAsync(stopKubelet.Token));
    }
}
