using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Testing.TestCluster;

namespace BuildController.Tests.Informers.Testing;

[TestFixture]
public sealed class ClusterPatchTests
{
    private TestCluster cluster = null!;

    [SetUp]
    public void Start() => cluster = new TestCluster();

    [Test]
    public void A_merge_patch_sets_removes_and_replaces_lists_whole()
    {
        cluster.Widget("w", """ "spec": { "keep": 1, "drop": 2, "list": [1, 2], "deep": { "a": 1, "b": 2 } }""");

        JsonObject after = cluster.Patch(Widgets, "w", """{ "spec": { "drop": null, "list": [3], "deep": { "b": null, "c": 3 } } }""");

        after["spec"]!.ToJsonString().Should().Be("""{"keep":1,"list":[3],"deep":{"a":1,"c":3}}""");
    }

    [Test]
    public void A_merge_patch_leaves_alone_what_it_does_not_name()
    {
        cluster.Widget("w", """ "spec": { "unknown": { "to": "clients" } }""");

        cluster.Patch(Widgets, "w", """{ "metadata": { "annotations": { "a": "b" } } }""");

        Text(cluster.Get(Widgets, "w"), "spec.unknown.to").Should().Be("clients");
    }

    [Test]
    public void A_patch_with_a_stale_version_is_a_conflict()
    {
        string stale = Text(cluster.Widget("w"), "metadata.resourceVersion");
        string present = Text(cluster.Patch(Widgets, "w", """{ "spec": { "a": 1 } }"""), "metadata.resourceVersion");

        Refusal(() => cluster.Patch(Widgets, "w", $$"""{ "metadata": { "resourceVersion": "{{stale}}" }, "spec": { "a": 2 } }""")).IsConflict.Should().BeTrue();
        cluster.Patch(Widgets, "w", $$"""{ "metadata": { "resourceVersion": "{{present}}" }, "spec": { "a": 2 } }""");
        Text(cluster.Get(Widgets, "w"), "spec.a").Should().Be("2");
    }

    [Test]
    public void A_patch_of_nothing_is_not_found()
    {
        Refusal(() => cluster.Patch(Widgets, "none", "{}")).Message.Should().Be("widgets.example.com \"none\" not found");
    }

    [Test]
    public void A_patch_cannot_rename()
    {
        cluster.Widget("w");

        Refusal(() => cluster.Patch(Widgets, "w", """{ "metadata": { "name": "v" } }""")).Code.Should().BeOneOf(400, 422);
        cluster.Exists(Widgets, "v").Should().BeFalse();
    }

    [TestCase("[]")]
    [TestCase("{")]
    public void A_merge_patch_that_is_no_object_is_a_bad_request(string patch)
    {
        cluster.Widget("w");

        Refusal(() => cluster.Patch(Widgets, "w", PatchKind.JsonMerge, patch)).Code.Should().Be(400);
    }

    [Test]
    public void A_json_patch_carries_out_its_operations_in_order()
    {
        cluster.Widget("w", """ "spec": { "a": 1, "list": ["x", "z"], "b/c": 1, "old": { "deep": true } }""");

        JsonObject after = cluster.Patch(Widgets, "w", PatchKind.Json, """
            [
              { "op": "test", "path": "/spec/a", "value": 1 },
              { "op": "replace", "path": "/spec/a", "value": 2 },
              { "op": "add", "path": "/spec/list/1", "value": "y" },
              { "op": "add", "path": "/spec/list/-", "value": "end" },
              { "op": "remove", "path": "/spec/b~1c" },
              { "op": "move", "from": "/spec/old", "path": "/spec/new" },
              { "op": "copy", "from": "/spec/new/deep", "path": "/spec/copied" }
            ]
            """);

        JsonNode.DeepEquals(after["spec"], Json("""{ "a": 2, "list": ["x", "y", "z", "end"], "new": { "deep": true }, "copied": true }""")).Should().BeTrue(after["spec"]!.ToJsonString());
    }

    [TestCase("""{ "op": "test", "path": "/spec/a", "value": 2 }""")]
    [TestCase("""{ "op": "remove", "path": "/spec/none" }""")]
    [TestCase("""{ "op": "replace", "path": "/none/deep", "value": 1 }""")]
    [TestCase("""{ "op": "add", "path": "/none/deep", "value": 1 }""")]
    [TestCase("""{ "op": "add", "path": "/spec/list/9", "value": 1 }""")]
    public void A_json_patch_that_cannot_be_carried_out_changes_nothing(string operation)
    {
        cluster.Widget("w", """ "spec": { "a": 1, "list": [] }""");
        string before = cluster.Version;

        ApiException error = Refusal(() => cluster.Patch(Widgets, "w", PatchKind.Json, $$"""[ { "op": "replace", "path": "/spec/a", "value": 5 }, {{operation}} ]"""));

        error.Code.Should().Be(422);
        error.Message.Should().Be("the server rejected our request due to an error in our request");
        cluster.Version.Should().Be(before);
    }

    [Test]
    public void A_json_patch_that_replaces_what_is_not_there_sets_it_as_servers_do()
    {
        cluster.Widget("w", """ "spec": { "a": 1 }""");

        JsonObject after = cluster.Patch(Widgets, "w", PatchKind.Json, """[ { "op": "replace", "path": "/spec/none", "value": 1 } ]""");

        after["spec"]!.ToJsonString().Should().Be("""{"a":1,"none":1}""");
    }

    [Test]
    public void A_strategic_merge_of_a_custom_resource_is_an_unsupported_media_type()
    {
        cluster.Widget("w");

        ApiException error = Refusal(() => cluster.Patch(Widgets, "w", PatchKind.StrategicMerge, "{}"));

        error.Code.Should().Be(415);
        error.Message.Should().StartWith("the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json");
    }

    [Test]
    public void A_strategic_merge_finds_containers_by_name()
    {
        Pod("""[ { "name": "a", "image": "a:1" }, { "name": "b", "image": "b:1" } ]""");

        JsonObject after = cluster.Patch(CoreResources.Pods, "p", PatchKind.StrategicMerge, """{ "spec": { "containers": [ { "name": "b", "image": "b:2" } ] } }""");

        Text(after, "spec.containers.0.image").Should().Be("a:1");
        Text(after, "spec.containers.1.image").Should().Be("b:2");
        Text(after, "spec.containers.1.imagePullPolicy").Should().Be("IfNotPresent");
    }

    [Test]
    public void A_strategic_merge_treats_finalizers_as_a_set()
    {
        cluster.Create(CoreResources.ConfigMaps, """{ "metadata": { "name": "a", "finalizers": ["example.com/one", "example.com/two"] } }""");

        cluster.Patch(CoreResources.ConfigMaps, "a", PatchKind.StrategicMerge, """{ "metadata": { "finalizers": ["example.com/two", "example.com/three"] } }""");
        Finalizers().Should().BeEquivalentTo("example.com/one", "example.com/two", "example.com/three");

        cluster.Patch(CoreResources.ConfigMaps, "a", PatchKind.StrategicMerge, """{ "metadata": { "$deleteFromPrimitiveList/finalizers": ["example.com/one"] } }""");
        Finalizers().Should().BeEquivalentTo("example.com/two", "example.com/three");

        string[] Finalizers() => [.. cluster.Get(CoreResources.ConfigMaps, "a")["metadata"]!["finalizers"]!.AsArray().Select(one => one!.ToString())];
    }

    [Test]
    public void A_strategic_merge_deletes_and_replaces_by_directive()
    {
        cluster.Create(CoreResources.ConfigMaps, """
            { "metadata": { "name": "a", "ownerReferences": [ { "apiVersion": "x/v1", "kind": "X", "name": "x", "uid": "1" }, { "apiVersion": "x/v1", "kind": "X", "name": "y", "uid": "2" } ] },
              "data": { "a": "1", "b": "2" } }
            """);

        JsonObject after = cluster.Patch(CoreResources.ConfigMaps, "a", PatchKind.StrategicMerge, """
            { "metadata": { "ownerReferences": [ { "uid": "1", "$patch": "delete" } ] }, "data": { "$patch": "replace", "c": "3" } }
            """);

        after["data"]!.ToJsonString().Should().Be("""{"c":"3"}""");
        after["metadata"]!["ownerReferences"]!.AsArray().Should().ContainSingle().Which!["uid"]!.ToString().Should().Be("2");
    }

    [Test]
    public void A_strategic_merge_keeps_only_the_keys_that_it_retains()
    {
        cluster.ConfigMap("a", "\"data\": { \"a\": \"1\", \"b\": \"2\" }");

        JsonObject after = cluster.Patch(CoreResources.ConfigMaps, "a", PatchKind.StrategicMerge, """{ "data": { "$retainKeys": ["b", "c"], "c": "3" } }""");

        after["data"]!.ToJsonString().Should().Be("""{"b":"2","c":"3"}""");
    }

    [Test]
    public void A_strategic_merge_orders_what_it_is_told_to()
    {
        cluster.Create(CoreResources.ServiceAccounts, """{ "metadata": { "name": "sa" }, "secrets": [ { "name": "a" }, { "name": "b" }, { "name": "c" } ] }""");

        JsonObject after = cluster.Patch(CoreResources.ServiceAccounts, "sa", PatchKind.StrategicMerge,
            """{ "$setElementOrder/secrets": [ { "name": "c" }, { "name": "d" }, { "name": "a" }, { "name": "b" } ], "secrets": [ { "name": "d" } ] }""");

        after["secrets"]!.AsArray().Select(one => one!["name"]!.ToString()).Should().Equal("c", "d", "a", "b");
    }

    [Test]
    public void A_strategic_merge_without_the_key_is_refused()
    {
        Pod("""[ { "name": "a", "image": "a:1" } ]""");

        Refusal(() => cluster.Patch(CoreResources.Pods, "p", PatchKind.StrategicMerge, """{ "spec": { "containers": [ { "image": "b" } ] } }"""))
            .Message.Should().Contain("does not contain declared merge key: name");
    }

    [Test]
    public void Conditions_merge_by_type()
    {
        Pod("""[ { "name": "a", "image": "a:1" } ]""");
        Status("""{ "status": { "conditions": [ { "type": "Ready", "status": "False" }, { "type": "Initialized", "status": "True" } ] } }""");

        Status("""{ "status": { "conditions": [ { "type": "Ready", "status": "True" } ] } }""");

        cluster.Get(CoreResources.Pods, "p")["status"]!["conditions"]!.AsArray()
            .Select(one => $"{one!["type"]} {one["status"]}").Should().BeEquivalentTo("Ready True", "Initialized True");

        void Status(string patch) => cluster.Api.Patch(CoreResources.Pods, InDefault("p"), "status", Of(PatchKind.StrategicMerge, patch), null, out _);
    }

    private void Pod(string containers) => cluster.Create(CoreResources.Pods, Named("p", $$""" "spec": { "containers": {{containers}} }"""));

    private static ApiException Refusal(Func<object> call) => ClusterCreateTests.Refusal(() => { call(); });
}
