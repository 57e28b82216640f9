using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using ClusterTop;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Samples;

[TestFixture]
public sealed class ClusterTopTests
{
    [Test]
    public void It_shows_pods_by_phase_node_and_namespace_as_time_passes()
    {
        var world = new VirtualWorld();
        var cluster = new FakeClientset(world.Runtime);
        cluster.Seed(Unstructured, Pod("a", "web", "node-1", "Running", 2), Pod("b", "web", "node-1", "Running", 0), Pod("c", "jobs", null, "Pending", 0));
        var screen = new StringWriter();
        using var stop = new CancellationTokenSource();

        Task running = world.Runtime.Start(() => ClusterTop.Program.RunAsync(cluster, screen, isOnce: false, world.Runtime, stop.Token));
        world.RunUntilIdle();
        string first = screen.ToString();
        world.Run(() => cluster.Resource(PodRow.Type).DeleteAsync(new ObjectKey("jobs", "c"), new DeleteOptions { GracePeriod = TimeSpan.Zero }));
        world.Advance(TimeSpan.FromSeconds(2));
        stop.Cancel();
        world.Advance(TimeSpan.FromSeconds(1));

        first.Should().StartWith("3 pods, 2 restarts. Their copy takes ").And.Contain("PHASE    PODS\nRunning     2\nPending     1\n")
            .And.Contain("NODE    PODS\nnode-1     2\n(none)     1\n").And.Contain("NAMESPACE  PODS\nweb           2\njobs          1\n");
        screen.ToString()[first.Length..].Should().StartWith("2 pods").And.NotContain("Pending");
        running.IsCompletedSuccessfully.Should().BeTrue();
        cluster.Writes.Lines.Should().Equal("delete pods jobs/c");
    }

    [Test]
    public void Of_a_table_the_ten_largest_rows_are_shown()
    {
        PodRow[] pods = [.. Enumerable.Range(0, 12).Select(i => new PodRow(new ObjectKey($"ns-{i:00}", "a"), "1", "node", "Running", 0))];

        TopView.Of(pods, bytes: 3 << 20).Should().StartWith("12 pods, 0 restarts. Their copy takes 3.0 MB.").And.Contain("ns-09").And.NotContain("ns-10").And.Contain("and 2 more");
    }

    [Test]
    public void A_pod_without_a_status_is_read_as_far_as_it_goes()
    {
        PodRow row = PodRow.Type.Read("""{"kind":"Pod","metadata":{"name":"a","namespace":"ns","resourceVersion":"7","labels":{"x":"y"}},"spec":null}"""u8);

        row.Should().Be(new PodRow(new ObjectKey("ns", "a"), "7", string.Empty, "Unknown", 0));
    }

    private static readonly ResourceType<UnstructuredObject> Unstructured = ResourceType.Unstructured(PodRow.Type.Resource, "Pod", ResourceScope.Namespaced);

    private static UnstructuredObject Pod(string name, string @namespace, string? node, string phase, int restarts) => Unstructured.Read(
        System.Text.Encoding.UTF8.GetBytes(new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace },
            ["spec"] = new JsonObject { ["nodeName"] = node, ["containers"] = new JsonArray(new JsonObject { ["name"] = "c", ["image"] = "i" }) },
            ["status"] = new JsonObject { ["phase"] = phase, ["containerStatuses"] = new JsonArray(new JsonObject { ["name"] = "c", ["restartCount"] = restarts }) },
        }.ToJsonString()));
}
