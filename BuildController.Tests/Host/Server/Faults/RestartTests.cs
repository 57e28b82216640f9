using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Informers.Testing.Faults;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server.Faults;

/// <summary>A server that restarts: what clients meet meanwhile, and how informers get over it.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class RestartTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(150);

    private static CancellationToken Cancellation => TestContext.CurrentContext.CancellationToken;

    [Test]
    public async Task Connections_are_reset_and_then_refused([Values("1.1", "2.0")] string http, [Values(FaultKind.Restart, FaultKind.RestartEmpty)] FaultKind kind)
    {
        await using FaultyServer server = await FaultyServer.StartAsync(null, new Fault(kind) { Time = Long });
        IResourceClient<UnstructuredObject> client = server.Client(http: http), other = server.Client("other", http);
        await using IWatchStream<UnstructuredObject> watch = await other.WatchAsync("default", new WatchOptions(), Cancellation);
        await using IAsyncEnumerator<WatchEvent<UnstructuredObject>> events = watch.GetAsyncEnumerator(Cancellation);
        Task<bool> next = events.MoveNextAsync().AsTask();
        await client.ListAsync("default", cancellationToken: Cancellation);

        (await ErrorAsync(() => client.ListAsync("default", cancellationToken: Cancellation))).Should().Be(ApiErrorReason.ConnectionLost);

        (await ErrorAsync(() => next)).Should().Be(ApiErrorReason.ConnectionLost, "it is a server that restarts, not a client that is punished");
        (await ErrorAsync(() => client.ListAsync("default", cancellationToken: Cancellation))).Should().Be(ApiErrorReason.ConnectionRefused);
        (await ErrorAsync(() => other.ListAsync("default", cancellationToken: Cancellation))).Should().Be(ApiErrorReason.ConnectionRefused);
    }

    [Test]
    public async Task It_is_back_on_the_same_port_when_its_time_is_over([Values("1.1", "2.0")] string http)
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.Restart) { Time = Short });
        server.Create("a");
        IResourceClient<UnstructuredObject> client = server.Client(http: http);

        ResourceList<UnstructuredObject> list = await UntilServedAsync(client);

        list.Items.Should().ContainSingle();
    }

    [Test]
    public async Task A_cluster_that_restarts_takes_its_server_with_it_without_any_plan()
    {
        await using FaultyServer server = await FaultyServer.StartAsync((IFaultPlan?)null);
        IResourceClient<UnstructuredObject> client = server.Client();
        await client.ListAsync("default", cancellationToken: Cancellation);

        server.Cluster.Restart(Long, keepsHistory: true);
        (await ErrorAsync(() => client.ListAsync("default", cancellationToken: Cancellation))).Should().BeOneOf(ApiErrorReason.ConnectionLost, ApiErrorReason.ConnectionRefused);
        (await ErrorAsync(() => client.ListAsync("default", cancellationToken: Cancellation))).Should().Be(ApiErrorReason.ConnectionRefused);

        server.Cluster.Restart(TimeSpan.Zero, keepsHistory: true);
        await UntilServedAsync(client);
    }

    [Test]
    public async Task A_server_that_is_away_stops_at_once()
    {
        await using FaultyServer server = await FaultyServer.StartAsync((IFaultPlan?)null);
        server.Cluster.Restart(Long, keepsHistory: true);
        long start = TimeProvider.System.GetTimestamp();

        await server.Api.DisposeAsync();

        TimeProvider.System.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromSeconds(4));
        server.Cluster.Restart(Long, keepsHistory: true);
    }

    [Test]
    public async Task An_informer_catches_up_without_a_list_on_a_server_that_has_kept_its_history()
    {
        (IReadOnlyList<FaultPoint> asked, string[] names) = await RestartUnderAnInformerAsync(keepsHistory: true);

        names.Should().Equal("a", "b", "c");
        asked.Count(point => point.Verb == "list").Should().Be(1);
    }

    [Test]
    public async Task An_informer_lists_again_on_a_server_that_has_lost_it()
    {
        (IReadOnlyList<FaultPoint> asked, string[] names) = await RestartUnderAnInformerAsync(keepsHistory: false);

        names.Should().Equal("a", "b", "c");
        asked.Count(point => point.Verb == "list").Should().Be(2);
    }

    /// <summary>Informers in a hurry.</summary>
    internal static SharedInformerFactory InformersOver(FaultyServer server, string client = "me") => new(
        server.Clientset(client),
        new SharedInformerFactoryOptions
        {
            Reflector = new ReflectorOptions { InitialBackoff = TimeSpan.FromMilliseconds(10), MaxBackoff = TimeSpan.FromMilliseconds(50), WatchIdleTimeout = TimeSpan.FromSeconds(10) },
        },
        OperatorRuntime.Default);

    private static async Task<(IReadOnlyList<FaultPoint> Asked, string[] Names)> RestartUnderAnInformerAsync(bool keepsHistory)
    {
        var plan = new RecordingPlan();
        await using FaultyServer server = await FaultyServer.StartAsync(plan);
        server.Create("a");
        await using SharedInformerFactory informers = InformersOver(server);
        ISharedInformer<UnstructuredObject> informer = informers.For(FaultyServer.Maps);
        informers.Start();
        await informers.WaitForSyncAsync(null, Cancellation);
        server.Create("b");
        await informer.WaitForAsync(server.NewestVersion, Cancellation);

        // Something happens elsewhere: the version that the informer knows is not the newest any more, and no history begins there.
        server.Cluster.Create(CoreResources.Namespaces, null, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "elsewhere" } });
        server.Cluster.Restart(Short, keepsHistory);
        server.Create("c");
        await informer.WaitForAsync(server.NewestVersion, Cancellation);
        return (plan.Points, [.. informer.Indexer.List().Select(map => map.Metadata.Name).Order(StringComparer.Ordinal)]);
    }

    /// <summary>Asks again whenever the failure of the call before has come.</summary>
    private static async Task<ResourceList<UnstructuredObject>> UntilServedAsync(IResourceClient<UnstructuredObject> client)
    {
        while (true)
        {
            try
            {
                return await client.ListAsync("default", cancellationToken: Cancellation);
            }
            catch (ApiException error)
            {
                error.Reason.Should().BeOneOf(ApiErrorReason.ConnectionLost, ApiErrorReason.ConnectionRefused);
            }
        }
    }

    private static async Task<ApiErrorReason> ErrorAsync(Func<Task> call) => (await call.Should().ThrowAsync<ApiException>()).Which.Reason;
}
