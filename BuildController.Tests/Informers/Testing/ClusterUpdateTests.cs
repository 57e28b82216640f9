using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Testing.TestCluster;

namespace BuildController.Tests.Informers.Testing;

[TestFixture]
public sealed class ClusterUpdateTests
{
    private readonly TestCluster cluster = new();

    [SetUp]
    public void Clean()
    {
        foreach (ResourceDefinition type in new[] { CoreResources.ConfigMaps, CoreResources.Pods, CoreResources.Secrets, Widgets })
            cluster.Api.DeleteCollection(type, "default", new(), new() { GracePeriod = TimeSpan.Zero });
    }

    [Test]
    public void A_stale_replace_is_a_conflict_in_the_server_s_words()
    {
        JsonObject stale = cluster.ConfigMap("a");
        cluster.Patch(CoreResources.ConfigMaps, "a", """{ "data": { "x": "1" } }""");

        ApiException error = Refusal(() => cluster.Replace(CoreResources.ConfigMaps, stale));

        error.IsConflict.Should().BeTrue();
        error.Code.Should().Be(409);
        error.Message.Should().Be("Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again");
    }

    [Test]
    public void A_replace_in_the_present_version_gets_a_new_version()
    {
        JsonObject body = cluster.ConfigMap("a");
        string before = Text(body, "metadata.resourceVersion");
        body["data"] = new JsonObject { ["x"] = "1" };

        JsonObject after = cluster.Replace(CoreResources.ConfigMaps, body);

        Text(after, "metadata.resourceVersion").Should().NotBe(before);
        Text(cluster.Get(CoreResources.ConfigMaps, "a"), "data.x").Should().Be("1");
    }

    [Test]
    public void Core_kinds_can_be_replaced_in_any_version_but_custom_resources_cannot()
    {
        cluster.ConfigMap("a");
        cluster.Widget("w");
        cluster.Replace(CoreResources.ConfigMaps, Named("a", "\"data\": { \"x\": \"1\" }"));

        ApiException error = Refusal(() => cluster.Replace(Widgets, Named("w")));

        error.Code.Should().Be(422);
        error.Message.Should().Be("widgets.example.com \"w\" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update");
    }

    [Test]
    public void A_replace_of_nothing_is_not_found()
    {
        ApiException error = Refusal(() => cluster.Replace(CoreResources.ConfigMaps, Named("none")));

        error.Message.Should().Be("configmaps \"none\" not found");
        error.Code.Should().Be(404);
    }

    [Test]
    public void A_replace_under_another_name_is_a_bad_request()
    {
        cluster.ConfigMap("a");

        Refusal(() => cluster.Api.Replace(CoreResources.ConfigMaps, InDefault("a"), null, Named("b")))
            .Message.Should().Be("the name of the object (b) does not match the name on the URL (a)");
    }

    [Test]
    public void The_uid_of_a_replace_is_a_precondition()
    {
        JsonObject body = cluster.ConfigMap("a");
        body["metadata"]!["uid"] = "another";

        ApiException error = Refusal(() => cluster.Replace(CoreResources.ConfigMaps, body));

        error.IsConflict.Should().BeTrue();
        error.Message.Should().Contain("Precondition failed: UID in precondition: another");
    }

    [Test]
    public void What_the_server_sets_cannot_be_changed()
    {
        JsonObject created = cluster.Widget("w");
        JsonObject body = created.DeepClone().AsObject();
        body["metadata"]!["creationTimestamp"] = "1999-01-01T00:00:00Z";
        body["metadata"]!["generation"] = 99;
        body["metadata"]!.AsObject().Remove("uid");
        body["metadata"]!["labels"] = new JsonObject { ["a"] = "b" };

        JsonObject after = cluster.Replace(Widgets, body);

        foreach (string field in new[] { "metadata.uid", "metadata.creationTimestamp", "metadata.generation" })
            Text(after, field).Should().Be(Text(created, field));
    }

    [Test]
    public void A_uid_cannot_be_patched()
    {
        cluster.Widget("w");

        Refusal(() => cluster.Patch(Widgets, "w", """{ "metadata": { "uid": "x" } }""")).Code.Should().BeOneOf(409, 422);
    }

    [Test]
    public void A_write_that_changes_nothing_makes_no_version_and_no_event()
    {
        JsonObject created = cluster.ConfigMap("a", "\"data\": { \"x\": \"1\" }");
        WatchRecorder watch = cluster.Watch(CoreResources.ConfigMaps);
        string before = cluster.Version;

        cluster.Replace(CoreResources.ConfigMaps, created.DeepClone().AsObject());
        cluster.Patch(CoreResources.ConfigMaps, "a", """{ "data": { "x": "1" } }""");

        cluster.Version.Should().Be(before);
        watch.Seen.Should().BeEmpty();
    }

    [Test]
    public void Generation_counts_changes_of_the_desired_state_only()
    {
        cluster.Widget("w", "\"spec\": { \"size\": 1 }");
        Generation().Should().Be("1");

        cluster.Patch(Widgets, "w", """{ "metadata": { "labels": { "a": "b" } } }""");
        Generation().Should().Be("1");

        cluster.Patch(Widgets, "w", """{ "status": { "ready": true } }""", "status");
        Generation().Should().Be("1");

        cluster.Patch(Widgets, "w", """{ "spec": { "size": 2 } }""");
        Generation().Should().Be("2");

        string Generation() => Text(cluster.Get(Widgets, "w"), "metadata.generation");
    }

    [Test]
    public void A_write_to_the_object_ignores_the_status()
    {
        cluster.Widget("w");
        cluster.Patch(Widgets, "w", """{ "status": { "phase": "Old" } }""", "status");

        cluster.Patch(Widgets, "w", """{ "spec": { "size": 2 }, "status": { "phase": "New" } }""");

        JsonObject after = cluster.Get(Widgets, "w");
        Text(after, "status.phase").Should().Be("Old");
        Text(after, "spec.size").Should().Be("2");
    }

    [Test]
    public void A_write_to_the_status_ignores_the_rest()
    {
        cluster.Widget("w", "\"spec\": { \"size\": 1 }");

        cluster.Patch(Widgets, "w", """{ "spec": { "size": 2 }, "metadata": { "labels": { "a": "b" } }, "status": { "phase": "New" } }""", "status");

        JsonObject after = cluster.Get(Widgets, "w");
        Text(after, "status.phase").Should().Be("New");
        Text(after, "spec.size").Should().Be("1");
        At(after, "metadata.labels").Should().BeNull();
    }

    [Test]
    public void A_stale_status_is_a_conflict()
    {
        JsonObject stale = cluster.Widget("w");
        cluster.Patch(Widgets, "w", """{ "spec": { "size": 2 } }""");
        stale["status"] = new JsonObject { ["phase"] = "New" };

        Refusal(() => cluster.Replace(Widgets, stale, "status")).IsConflict.Should().BeTrue();
    }

    [Test]
    public void A_resource_without_status_subresource_has_none()
    {
        cluster.Create(Gadgets, Named("g"));

        Refusal(() => cluster.Patch(Gadgets, "g", """{ "status": {} }""", "status")).IsNotFound.Should().BeTrue();
        Text(cluster.Patch(Gadgets, "g", """{ "status": { "a": "b" } }"""), "status.a").Should().Be("b");
        cluster.Delete(Gadgets, "g");
    }

    [Test]
    public void An_immutable_config_map_keeps_its_data_and_stays_immutable()
    {
        cluster.ConfigMap("a", "\"immutable\": true, \"data\": { \"x\": \"1\" }");

        Refusal(() => cluster.Patch(CoreResources.ConfigMaps, "a", """{ "data": { "x": "2" } }""")).Causes.Should().ContainSingle().Which.Should()
            .Match<ApiStatusCause>(cause => cause.Field == "data" && cause.Message == "Forbidden: field is immutable when `immutable` is set");
        Refusal(() => cluster.Patch(CoreResources.ConfigMaps, "a", """{ "immutable": false }""")).Causes.Should().ContainSingle().Which.Field.Should().Be("immutable");
        cluster.Patch(CoreResources.ConfigMaps, "a", """{ "metadata": { "labels": { "a": "b" } } }""");
    }

    [Test]
    public void A_pod_s_spec_may_change_its_images_and_little_else()
    {
        cluster.Create(CoreResources.Pods, Named("p", """ "spec": { "containers": [ { "name": "c", "image": "a:1" } ] }"""));

        cluster.Patch(CoreResources.Pods, "p", PatchKind.Json, """[ { "op": "replace", "path": "/spec/containers/0/image", "value": "a:2" } ]""");
        cluster.Patch(CoreResources.Pods, "p", """{ "spec": { "activeDeadlineSeconds": 60, "tolerations": [ { "key": "a" } ] } }""");
        ApiException error = Refusal(() => cluster.Patch(CoreResources.Pods, "p", """{ "spec": { "restartPolicy": "Never" } }"""));

        error.Message.Should().Contain("spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`");
        Text(cluster.Get(CoreResources.Pods, "p"), "spec.containers.0.image").Should().Be("a:2");
    }

    [Test]
    public void A_secret_s_type_cannot_change()
    {
        cluster.Create(CoreResources.Secrets, Named("s"));

        Refusal(() => cluster.Patch(CoreResources.Secrets, "s", """{ "type": "example.com/other" }""")).Causes.Should().ContainSingle().Which.Field.Should().Be("type");
    }

    private static ApiException Refusal(Func<object> call) => ClusterCreateTests.Refusal(() => { call(); });
}
