using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Testing.TestCluster;

namespace BuildController.Tests.Informers.Testing;

[TestFixture]
public sealed class ClusterDeleteTests
{
    private TestCluster cluster = null!;

    [SetUp]
    public void Start() => cluster = new TestCluster();

    [Test]
    public void An_object_that_nothing_holds_goes_at_once()
    {
        cluster.ConfigMap("a");
        WatchRecorder watch = cluster.Watch(CoreResources.ConfigMaps);

        cluster.Delete(CoreResources.ConfigMaps, "a", null, out bool gone);

        gone.Should().BeTrue();
        cluster.Exists(CoreResources.ConfigMaps, "a").Should().BeFalse();
        watch.Seen.Should().Equal("Deleted a");
    }

    [Test]
    public void A_deletion_has_a_version_of_its_own_and_the_last_state_carries_it()
    {
        JsonObject created = cluster.ConfigMap("a", "\"data\": { \"x\": \"1\" }");
        WatchRecorder watch = cluster.Watch(CoreResources.ConfigMaps);

        cluster.Delete(CoreResources.ConfigMaps, "a");

        StoredEvent deleted = watch.Events.Should().ContainSingle().Subject;
        JsonObject last = Json(deleted.Json);
        Text(last, "data.x").Should().Be("1");
        Text(last, "metadata.uid").Should().Be(Text(created, "metadata.uid"));
        Text(last, "metadata.resourceVersion").Should().Be(deleted.ResourceVersion).And.NotBe(Text(created, "metadata.resourceVersion"));
    }

    [Test]
    public void Deleting_nothing_is_not_found()
    {
        Refusal(() => cluster.Delete(CoreResources.ConfigMaps, "a")).IsNotFound.Should().BeTrue();
    }

    [Test]
    public void A_uid_and_a_version_are_preconditions()
    {
        JsonObject created = cluster.ConfigMap("a");
        string uid = Text(created, "metadata.uid"), version = Text(created, "metadata.resourceVersion");

        Refusal(() => cluster.Delete(CoreResources.ConfigMaps, "a", new DeleteOptions { Uid = "other" })).Should().Match<ApiException>(error =>
            error.IsConflict && error.Message.Contains(uid));
        Refusal(() => cluster.Delete(CoreResources.ConfigMaps, "a", new DeleteOptions { ResourceVersion = "1" })).IsConflict.Should().BeTrue();
        cluster.Delete(CoreResources.ConfigMaps, "a", new DeleteOptions { Uid = uid, ResourceVersion = version });

        cluster.Exists(CoreResources.ConfigMaps, "a").Should().BeFalse();
    }

    [Test]
    public void A_recreated_object_has_another_identity()
    {
        string first = Text(cluster.ConfigMap("a"), "metadata.uid");
        cluster.Delete(CoreResources.ConfigMaps, "a");

        Text(cluster.ConfigMap("a"), "metadata.uid").Should().NotBe(first);
    }

    [Test]
    public void A_finalizer_holds_an_object_until_it_is_removed()
    {
        Finalized("w", "example.com/hold");
        WatchRecorder watch = cluster.Watch(Widgets);

        JsonObject waiting = cluster.Delete(Widgets, "w", null, out bool gone);

        gone.Should().BeFalse();
        Text(waiting, "metadata.deletionTimestamp").Should().Be("2024-01-01T00:00:00Z");
        cluster.Exists(Widgets, "w").Should().BeTrue();

        cluster.Patch(Widgets, "w", """{ "metadata": { "finalizers": null } }""");

        cluster.Exists(Widgets, "w").Should().BeFalse();
        watch.Seen.Should().Equal("Modified w", "Deleted w");
    }

    [Test]
    public void Deleting_again_changes_nothing()
    {
        Finalized("w", "example.com/hold");
        cluster.Delete(Widgets, "w");
        string before = cluster.Version;
        cluster.World.Advance(TimeSpan.FromMinutes(1));

        JsonObject again = cluster.Delete(Widgets, "w");

        cluster.Version.Should().Be(before);
        Text(again, "metadata.deletionTimestamp").Should().Be("2024-01-01T00:00:00Z");
    }

    [Test]
    public void No_finalizer_can_be_added_to_an_object_that_is_going()
    {
        Finalized("w", "example.com/hold");
        cluster.Delete(Widgets, "w");

        Refusal(() => cluster.Patch(Widgets, "w", """{ "metadata": { "finalizers": ["example.com/hold", "example.com/more"] } }"""))
            .Message.Should().Contain("metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted");
    }

    [Test]
    public void A_deletion_cannot_be_taken_back()
    {
        Finalized("w", "example.com/hold");
        cluster.Delete(Widgets, "w");

        cluster.Patch(Widgets, "w", """{ "metadata": { "deletionTimestamp": null, "labels": { "a": "b" } } }""");

        Text(cluster.Get(Widgets, "w"), "metadata.deletionTimestamp").Should().Be("2024-01-01T00:00:00Z");
    }

    [Test]
    public void A_running_pod_has_its_grace_period_until_the_kubelet_deletes_it()
    {
        Pod("p", "\"nodeName\": \"node-1\", \"terminationGracePeriodSeconds\": 45,");
        WatchRecorder watch = cluster.Watch(CoreResources.Pods);

        JsonObject waiting = cluster.Delete(CoreResources.Pods, "p", null, out bool gone);

        gone.Should().BeFalse();
        Text(waiting, "metadata.deletionTimestamp").Should().Be("2024-01-01T00:00:45Z");
        Text(waiting, "metadata.deletionGracePeriodSeconds").Should().Be("45");
        cluster.World.Advance(TimeSpan.FromMinutes(10));
        cluster.Exists(CoreResources.Pods, "p").Should().BeTrue();

        cluster.Delete(CoreResources.Pods, "p", new DeleteOptions { GracePeriod = TimeSpan.Zero });

        cluster.Exists(CoreResources.Pods, "p").Should().BeFalse();
        watch.Seen[^1].Should().Be("Deleted p");
    }

    [Test]
    public void A_grace_period_can_be_shortened_but_not_lengthened()
    {
        Pod("p", "\"nodeName\": \"node-1\",");
        cluster.Delete(CoreResources.Pods, "p");

        cluster.Delete(CoreResources.Pods, "p", new DeleteOptions { GracePeriod = TimeSpan.FromSeconds(60) });
        Text(cluster.Get(CoreResources.Pods, "p"), "metadata.deletionGracePeriodSeconds").Should().Be("30");

        cluster.Delete(CoreResources.Pods, "p", new DeleteOptions { GracePeriod = TimeSpan.FromSeconds(5) });
        Text(cluster.Get(CoreResources.Pods, "p"), "metadata.deletionGracePeriodSeconds").Should().Be("5");
        Text(cluster.Get(CoreResources.Pods, "p"), "metadata.deletionTimestamp").Should().Be("2024-01-01T00:00:05Z");
    }

    [TestCase("Succeeded")]
    [TestCase("Failed")]
    public void A_pod_that_has_ended_goes_at_once(string phase)
    {
        Pod("p", "\"nodeName\": \"node-1\",");
        cluster.Patch(CoreResources.Pods, "p", $$"""{ "status": { "phase": "{{phase}}" } }""", "status");

        cluster.Delete(CoreResources.Pods, "p", null, out bool gone);

        gone.Should().BeTrue();
    }

    [Test]
    public void A_pod_that_is_not_assigned_goes_at_once()
    {
        Pod("p", string.Empty);

        cluster.Delete(CoreResources.Pods, "p", null, out bool gone);

        gone.Should().BeTrue();
    }

    [Test]
    public void A_collection_is_deleted_by_its_selector()
    {
        cluster.Create(CoreResources.ConfigMaps, """{ "metadata": { "name": "a", "labels": { "own": "yes" } } }""");
        cluster.Create(CoreResources.ConfigMaps, """{ "metadata": { "name": "b", "labels": { "own": "yes" } } }""");
        cluster.ConfigMap("c");

        StoredList deleted = cluster.Api.DeleteCollection(CoreResources.ConfigMaps, "default", new ListOptions { LabelSelector = "own=yes" }, new DeleteOptions());

        deleted.Items.Should().HaveCount(2);
        cluster.Names(CoreResources.ConfigMaps).Should().Equal("c");
    }

    [Test]
    public void A_namespace_takes_its_contents_with_it()
    {
        cluster.Create(CoreResources.Namespaces, Named("team"));
        cluster.Api.Create(CoreResources.ConfigMaps, "team", Named("a"));
        cluster.Api.Create(Widgets, "team", Named("w"));
        cluster.ConfigMap("elsewhere");

        JsonObject answer = cluster.Delete(CoreResources.Namespaces, "team");

        Text(answer, "status.phase").Should().Be("Terminating");
        cluster.Exists(CoreResources.Namespaces, "team").Should().BeFalse();
        cluster.Names(Widgets, @namespace: "team").Should().BeEmpty();
        cluster.Names(CoreResources.ConfigMaps).Should().Equal("elsewhere");
    }

    [Test]
    public void A_namespace_waits_for_the_last_of_its_contents_and_takes_nothing_new()
    {
        cluster.Create(CoreResources.Namespaces, Named("team"));
        cluster.Api.Create(Widgets, "team", Json("""{ "metadata": { "name": "w", "finalizers": ["example.com/hold"] } }"""));
        cluster.Delete(CoreResources.Namespaces, "team");

        ApiException error = Refusal(() => cluster.Api.Create(CoreResources.ConfigMaps, "team", Named("late")));
        error.Code.Should().Be(403);
        error.Message.Should().Be("configmaps \"late\" is forbidden: unable to create new content in namespace team because it is being terminated");
        error.Causes.Should().ContainSingle().Which.Type.Should().Be("NamespaceTerminating");
        cluster.Exists(CoreResources.Namespaces, "team").Should().BeTrue();

        cluster.Api.Patch(Widgets, new ObjectKey("team", "w"), null, Merge("""{ "metadata": { "finalizers": null } }"""), null, out _);

        cluster.Exists(CoreResources.Namespaces, "team").Should().BeFalse();
    }

    [Test]
    public void The_default_namespace_stays()
    {
        Refusal(() => cluster.Delete(CoreResources.Namespaces, "default")).Message.Should().Be("namespaces \"default\" is forbidden: this namespace may not be deleted");
    }

    private void Finalized(string name, string finalizer) =>
        cluster.Create(Widgets, $$"""{ "metadata": { "name": "{{name}}", "finalizers": ["{{finalizer}}"] } }""");

    private void Pod(string name, string spec) =>
        cluster.Create(CoreResources.Pods, Named(name, $$""" "spec": { {{spec}} "containers": [ { "name": "c", "image": "i" } ] }"""));

    private static ApiException Refusal(Func<object> call) => ClusterCreateTests.Refusal(() => { call(); });
}
