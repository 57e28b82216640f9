using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;

namespace ClusterTop;

/// <summary>Shows how the pods of a cluster are spread, as long as it runs. It only reads.</summary>
internal static class Program
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(2);

    public static async Task<int> Main(string[] args)
    {
        if (args is not (["--kubeconfig", _] or ["--kubeconfig", _, "--once"]))
        {
            await Console.Error.WriteLineAsync("usage: ClusterTop --kubeconfig <path> [--once]");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) => (key.Cancel, _) = (true, stop.CancelAsync());
        try
        {
            await using var clientset = new HttpClientset(KubeConfig.Load(args[1]));
            await RunAsync(clientset, Console.Out, isOnce: args.Length == 3, OperatorRuntime.Default, stop.Token);
            return 0;
        }
        catch (Exception error) when (error is KubeConfigException or CacheSyncTimeoutException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
    }

    /// <summary>Shows the pods once, or again and again until it is cancelled.</summary>
    /// <exception cref="CacheSyncTimeoutException">The server did not say within half a minute which pods there are; the message says why.</exception>
    public static async Task RunAsync(IClientset clientset, TextWriter output, bool isOnce, OperatorRuntime runtime, CancellationToken cancellationToken)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await using var informers = new SharedInformerFactory(clientset, runtime: runtime);
        ISharedInformer<PodRow> pods = informers.For(PodRow.Type);
        informers.Start();
        try
        {
            await informers.WaitForSyncAsync(TimeSpan.FromSeconds(30), cancellationToken);
            using var timer = new PeriodicTimer(Refresh, runtime.Time);
            do
            {
                await output.WriteLineAsync(TopView.Of(pods.Indexer.List(), GC.GetTotalMemory(forceFullCollection: true) - before));
            }
            while (!isOnce && await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }
}
