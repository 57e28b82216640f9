using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Informers.Testing.Faults;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Testing.Faults;

/// <summary>What becomes of a watch over a fake clientset that something befalls.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FaultyWatchTests
{
    private static readonly ResourceType<UnstructuredObject> Maps =
        ResourceType.Unstructured(new GroupVersionResource(string.Empty, "v1", "configmaps"), "ConfigMap", ResourceScope.Namespaced);

    private readonly TestCluster cluster = new();
    private readonly List<string> seen = [];

    [TestCase(FaultKind.WatchClosed, "end")]
    [TestCase(FaultKind.WatchReset, "ConnectionLost")]
    [TestCase(FaultKind.WatchTruncated, "ConnectionLost")]
    [TestCase(FaultKind.WatchGarbage, "MalformedResponse")]
    [TestCase(FaultKind.WatchExpired, "Expired, end")]
    public void It_ends_after_the_events_that_come_undisturbed(FaultKind kind, string end)
    {
        Watch(new Fault(kind) { AfterEvents = 2 });
        cluster.ConfigMap("a");
        SeenNow.Should().Be("a");

        cluster.ConfigMap("b");
        cluster.ConfigMap("c");

        SeenNow.Should().Be($"a, b, {end}");
    }

    [TestCase(FaultKind.WatchClosed, "end")]
    [TestCase(FaultKind.WatchReset, "ConnectionLost")]
    [TestCase(FaultKind.WatchTruncated, "ConnectionLost")]
    [TestCase(FaultKind.WatchGarbage, "MalformedResponse")]
    [TestCase(FaultKind.WatchExpired, "Expired, end")]
    public void Without_such_events_it_ends_at_once(FaultKind kind, string end)
    {
        Watch(new Fault(kind));

        SeenNow.Should().Be(end);
    }

    [TestCase(0, "")]
    [TestCase(1, "a")]
    public void A_half_open_one_says_nothing_any_more_until_its_reader_leaves(int after, string expected)
    {
        using var leave = new CancellationTokenSource();
        Watch(new Fault(FaultKind.WatchHalfOpen) { AfterEvents = after }, leave.Token);
        cluster.ConfigMap("a");
        cluster.ConfigMap("b");
        cluster.World.Advance(TimeSpan.FromHours(5));
        SeenNow.Should().Be(expected, "nothing ends it from the other side, not even its own timeout");

        leave.Cancel();

        SeenNow.Should().EndWith("cancelled");
    }

    [Test]
    public void Delayed_events_come_one_by_one_in_order()
    {
        Watch(new Fault(FaultKind.WatchDelayed) { AfterEvents = 1, Time = TimeSpan.FromSeconds(10) });
        cluster.ConfigMap("a");
        cluster.ConfigMap("b");
        cluster.ConfigMap("c");
        SeenNow.Should().Be("a");

        cluster.World.Advance(TimeSpan.FromSeconds(10));
        SeenNow.Should().Be("a, b");
        cluster.World.Advance(TimeSpan.FromSeconds(10));

        SeenNow.Should().Be("a, b, c");
    }

    [Test]
    public void One_event_comes_twice_and_the_others_once()
    {
        Watch(new Fault(FaultKind.WatchDuplicated) { AfterEvents = 1 });

        foreach (string name in new[] { "a", "b", "c" })
            cluster.ConfigMap(name);

        SeenNow.Should().Be("a, b, b, c");
    }

    [Test]
    public void The_watch_in_the_cluster_is_gone_when_its_reader_is()
    {
        using var leave = new CancellationTokenSource();
        Watch(new Fault(FaultKind.WatchHalfOpen), leave.Token);
        leave.Cancel();
        cluster.World.RunUntilIdle();

        cluster.World.Time.ActiveTimers.Should().Be(0);
    }

    private string SeenNow
    {
        get
        {
            cluster.World.RunUntilIdle();
            return string.Join(", ", seen);
        }
    }

    private void Watch(Fault fault, CancellationToken leave = default)
    {
        var clientset = new FakeClientset(cluster.Api);
        clientset.AddReactor(new FaultInjector("me", ScriptedFaults.One("me", 1, fault), cluster.Api, cluster.World.Runtime).ReactAsync);
        cluster.World.Runtime.Start(() => ReadAsync(clientset.Resource(Maps), leave));
        cluster.World.RunUntilIdle();
    }

    private async Task ReadAsync(IResourceClient<UnstructuredObject> client, CancellationToken leave)
    {
        try
        {
            await using IWatchStream<UnstructuredObject> watch = await client.WatchAsync("default", new WatchOptions { AllowBookmarks = false }, leave);
            await foreach (WatchEvent<UnstructuredObject> next in watch)
                seen.Add(next.Error?.Reason.ToString() ?? next.Object!.Metadata.Name);

            seen.Add("end");
        }
        catch (ApiException error)
        {
            seen.Add(error.Reason.ToString());
        }
        catch (OperationCanceledException)
        {
            seen.Add("cancelled");
        }
    }
}
