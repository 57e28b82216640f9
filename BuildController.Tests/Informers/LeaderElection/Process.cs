using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.Testing;

namespace BuildController.Tests.Informers.LeaderElection;

/// <summary>
/// One process: a clock, a scheduler, a connection and an elector of its own. It writes to one shared object all the time, leader or not:
/// only the fence decides what is sent.
/// </summary>
internal sealed class Process
{
    private static readonly ResourceType<UnstructuredObject> ConfigMaps =
        ResourceType.Unstructured(new GroupVersionResource("", "v1", "configmaps"), "ConfigMap", ResourceScope.Namespaced);

    private readonly CancellationTokenSource stop = new();
    private Task[] running = [];

    public Process(string identity, Network network, ProcessClock clock, int seed)
    {
        Identity = identity;
        Clock = clock;
        Runtime = new OperatorRuntime { Time = clock, Scheduler = Scheduler, Random = new Random(seed) };
        IClientset client = network.Connect(this);
        Elector = new LeaderElector(client, new LeaderElectionOptions { Namespace = LeaseScene.Key.Namespace, Name = LeaseScene.Key.Name, Identity = identity }, Runtime);
        Fenced = client.WithFence(Elector, Runtime).Resource(ConfigMaps);
    }

    public string Identity { get; }

    public ProcessClock Clock { get; }

    public DeterministicScheduler Scheduler { get; } = new();

    public OperatorRuntime Runtime { get; }

    public LeaderElector Elector { get; }

    public IResourceClient<UnstructuredObject> Fenced { get; }

    public int Terms { get; private set; }

    /// <summary>How its writes ended, by the reason of their failure; successes under the empty one.</summary>
    public Dictionary<string, int> Outcomes { get; } = [];

    public bool HasStopped => running.All(static task => task.IsCompletedSuccessfully);

    public void Start() => running =
    [
        Elector.RunAsync(LeadAsync, stop.Token),
        Runtime.Start(() => WriteUntilAsync(stop.Token)),
    ];

    public void Stop() => stop.Cancel();

    public async Task WriteAsync(CancellationToken cancellationToken = default)
    {
        string outcome = string.Empty;
        try
        {
            await Fenced.PatchAsync(Network.Shared, Patch.Merge(new JsonObject { ["data"] = new JsonObject { ["writer"] = Identity } }), cancellationToken);
        }
        catch (ApiException error)
        {
            outcome = error.Reason.ToString();
        }
        catch (OperationCanceledException)
        {
            outcome = "Cancelled";
        }

        Outcomes[outcome] = Outcomes.GetValueOrDefault(outcome) + 1;
    }

    private Task LeadAsync(ILeaderTerm term)
    {
        Terms++;
        return WriteUntilAsync(term.Ended);
    }

    private async Task WriteUntilAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            // Not cancelled by the end of the term: what cuts it off is the fence.
            await WriteAsync(CancellationToken.None);
            await Task.Delay(TimeSpan.FromMilliseconds(1 + (700 * Runtime.NextDouble())), Clock, CancellationToken.None);
        }
    }
}
