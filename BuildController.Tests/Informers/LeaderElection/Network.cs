using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.Testing;

namespace BuildController.Tests.Informers.LeaderElection;

/// <summary>What happens to requests about leases.</summary>
internal enum Fault
{
    None,

    /// <summary>The connection is refused.</summary>
    Refuse,

    /// <summary>Nothing arrives and nothing is answered.</summary>
    Hang,

    /// <summary>Requests are served, and the connection is lost before the answer.</summary>
    LoseAnswer,

    /// <summary>Requests are served, and never answered.</summary>
    HangAnswer,
}

/// <summary>
/// A cluster and the way to it. Requests travel by the real clock on a scheduler of their own: a process that is frozen holds up none that
/// it has sent, and a request that its sender gives up may arrive all the same. Of each write to the shared object that the
/// cluster accepts it notes who held the lease at that moment.
/// </summary>
internal sealed class Network
{
    public static readonly ObjectKey Shared = new(LeaseScene.Key.Namespace, "shared");

    private readonly VirtualWorld world;
    private readonly Random random;
    private readonly InMemoryCluster cluster;
    private readonly List<(Process Of, Fault Fault, TimeSpan From, TimeSpan To)> partitions = [];

    public Network(VirtualWorld world, int seed)
    {
        this.world = world;
        random = new Random(seed);
        cluster = new InMemoryCluster(world.Runtime);
        new FakeClientset(cluster).Seed(Lease.ResourceType);
        cluster.Create(CoreResources.Namespaces, null, new JsonObject { ["metadata"] = new JsonObject { ["name"] = Shared.Namespace } });
        cluster.Create(CoreResources.ConfigMaps, Shared.Namespace, new JsonObject { ["metadata"] = new JsonObject { ["name"] = Shared.Name } });
    }

    /// <summary>The longest time that a request is on its way, unless it is held up.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>The longest time that a write is held up, which its sender may have given up meanwhile.</summary>
    public TimeSpan HeldUp { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest time that a write to the shared object is stuck on a connection, which its sender closes when it gives up.</summary>
    public TimeSpan Stuck { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Each accepted write: when, whose, and who held the lease then.</summary>
    public List<(TimeSpan When, string Writer, string? Holder)> Accepted { get; } = [];

    public string? Holder { get; private set; }

    /// <summary>How many requests about leases have been sent.</summary>
    public long LeaseRequests { get; private set; }

    public Process? LastLeaseRequestOf { get; private set; }

    private TimeSpan Now => TimeSpan.FromTicks(world.Time.GetTimestamp());

    /// <summary>Keeps a process from leases for a while; what else it asks for passes.</summary>
    public void Partition(Process process, Fault fault, TimeSpan from, TimeSpan to) => partitions.Add((process, fault, from, to));

    public IClientset Connect(Process process)
    {
        var client = new FakeClientset(cluster) { FieldManager = process.Identity };
        client.AddReactor(async (request, next, token) =>
        {
            if (request.Resource.Plural == "leases")
                (LeaseRequests, LastLeaseRequestOf) = (LeaseRequests + 1, process);

            FakeResponse? answer = null;
            Task travel = world.Runtime.Start(async () => answer = await TravelAsync(process, request, next, token));
            await travel.WaitAsync(token);
            return answer!;
        });
        return client;
    }

    private async Task<FakeResponse> TravelAsync(Process process, FakeRequest request, Func<Task<FakeResponse>> next, CancellationToken token)
    {
        bool isHeldUp = request.Verb == "patch" && random.Next(4) == 0;
        bool isStuck = !isHeldUp && request.Key == Shared && random.Next(20) == 0;
        TimeSpan way = (isHeldUp ? HeldUp : isStuck ? Stuck : Latency) * random.NextDouble();
        await Task.Delay(way, world.Time, isHeldUp ? CancellationToken.None : token);

        Fault fault = request.Resource.Plural == "leases"
            ? partitions.Find(partition => partition.Of == process && partition.From <= Now && Now < partition.To).Fault
            : Fault.None;
        if (fault == Fault.Refuse)
            throw new ApiException(ApiErrorReason.ConnectionRefused, "Nothing listens there.");
        if (fault == Fault.Hang)
            await Task.Delay(Timeout.InfiniteTimeSpan, world.Time, token);

        FakeResponse answer = request.Verb == "patch" ? Patched(process, request) : await next();
        Holder = HolderNow();
        if (fault == Fault.LoseAnswer)
            throw new ApiException(ApiErrorReason.ConnectionLost, "The connection was lost.");
        if (fault == Fault.HangAnswer)
            await Task.Delay(Timeout.InfiniteTimeSpan, world.Time, token);

        await Task.Delay(Latency * random.NextDouble(), world.Time, token);
        return answer;
    }

    /// <summary>Served even if its sender has given it up.</summary>
    private FakeResponse Patched(Process process, FakeRequest request)
    {
        ResourceDefinition type = cluster.Find(request.Resource.Group, request.Resource.Version, request.Resource.Plural)!;
        ReadOnlyMemory<byte> json = cluster.Patch(type, request.Key, request.Subresource, Patch.Of(request.PatchKind!.Value, request.Body), null, out _);
        if (request.Key == Shared)
            Accepted.Add((Now, process.Identity, HolderNow()));

        return new FakeResponse { Object = json };
    }

    private string? HolderNow()
    {
        try
        {
            return Lease.ResourceType.Read(cluster.Get(CoreResources.Leases, LeaseScene.Key).Span).Spec.HolderIdentity;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null;
        }
    }
}
