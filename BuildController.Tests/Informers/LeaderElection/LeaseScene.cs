using System.Text;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.Testing;

namespace BuildController.Tests.Informers.LeaderElection;

/// <summary>A virtual world with a cluster and a lease in it, as seen by one process, <c>me</c>.</summary>
internal sealed class LeaseScene
{
    public const string Me = "me";
    public const string Other = "other";

    public static readonly ObjectKey Key = new("operators", "test");

    public LeaseScene(int seed = 1, Microsoft.Extensions.Logging.ILoggerFactory? loggers = null)
    {
        World = new VirtualWorld(seed, loggers);
        Client = new FakeClientset(runtime: World.Runtime);
        Client.Seed(Lease.ResourceType);
        Client.Cluster.Create(CoreResources.Namespaces, null, new JsonObject { ["metadata"] = new JsonObject { ["name"] = Key.Namespace } });
    }

    public VirtualWorld World { get; }

    public FakeClientset Client { get; }

    public LeaderElectionOptions Options { get; set; } = new() { Namespace = Key.Namespace, Name = Key.Name, Identity = Me };

    /// <summary>The verbs sent so far, in order.</summary>
    public IEnumerable<string> Verbs => Client.Actions.Select(static action => action.Verb);

    /// <summary>The lease as it is in the cluster; null if there is none.</summary>
    public Lease? Stored => Find() is { } json ? Lease.ResourceType.Read(json.Span) : null;

    /// <summary>The lease as it is in the cluster, with all its fields.</summary>
    public JsonNode StoredJson => JsonNode.Parse(Find()!.Value.Span)!;

    public LeaderElector Elector(string identity = Me) => new(Client, Options with { Identity = identity }, World.Runtime);

    /// <summary>Puts a lease into the cluster, or changes the one that is there, as another process would.</summary>
    public void Put(LeaseSpec spec)
    {
        if (Find() is null)
            Client.Seed(Lease.ResourceType, new Lease { Metadata = new ObjectMeta { Name = Key.Name, Namespace = Key.Namespace }, Spec = spec });
        else
            Change(new JsonObject { ["spec"] = spec.ToPatch() });
    }

    public void Change(JsonObject change) => Client.Cluster.Patch(CoreResources.Leases, Key, null, Patch.Merge(change), null, out _);

    public void Delete() => Client.Cluster.Delete(CoreResources.Leases, Key, new DeleteOptions(), out _);

    /// <summary>A lease of another holder, renewed now by the cluster's clock.</summary>
    public LeaseSpec HeldBy(string holder, int transitions = 3) => new()
    {
        HolderIdentity = holder,
        LeaseDurationSeconds = 15,
        AcquireTime = World.Time.GetUtcNow(),
        RenewTime = World.Time.GetUtcNow(),
        LeaseTransitions = transitions,
    };

    public string Body(int action) => Encoding.UTF8.GetString(Client.Actions[action].Body.Span);

    private ReadOnlyMemory<byte>? Find()
    {
        try
        {
            return Client.Cluster.Get(CoreResources.Leases, Key);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null;
        }
    }
}
