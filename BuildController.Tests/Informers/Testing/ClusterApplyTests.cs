using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Testing.TestCluster;

namespace BuildController.Tests.Informers.Testing;

[TestFixture]
public sealed class ClusterApplyTests
{
    private TestCluster cluster = null!;

    [SetUp]
    public void Start() => cluster = new TestCluster();

    [Test]
    public void An_apply_creates_what_is_not_there()
    {
        JsonObject applied = Apply("one", """ "spec": { "size": 1 } """, out bool created);

        created.Should().BeTrue();
        Text(applied, "spec.size").Should().Be("1");
        JsonNode entry = applied["metadata"]!["managedFields"]!.AsArray().Should().ContainSingle().Subject!;
        entry["manager"]!.ToString().Should().Be("one");
        entry["operation"]!.ToString().Should().Be("Apply");
        entry["fieldsV1"]!.ToJsonString().Should().Be("""{"f:spec":{"f:size":{}}}""");
    }

    [Test]
    public void Applying_the_same_again_changes_nothing()
    {
        Apply("one", """ "spec": { "size": 1 } """, out _);
        string before = cluster.Version;
        cluster.World.Advance(TimeSpan.FromMinutes(1));

        Apply("one", """ "spec": { "size": 1 } """, out bool created);

        created.Should().BeFalse();
        cluster.Version.Should().Be(before);
    }

    [Test]
    public void Managers_that_want_different_fields_do_not_meet()
    {
        Apply("one", """ "spec": { "size": 1 } """, out _);

        JsonObject after = Apply("two", """ "spec": { "color": "red" } """, out _);

        after["spec"]!.ToJsonString().Should().Be("""{"size":1,"color":"red"}""");
        after["metadata"]!["managedFields"]!.AsArray().Should().HaveCount(2);
    }

    [Test]
    public void Another_manager_s_field_is_a_conflict_that_names_manager_and_field()
    {
        Apply("one", """ "spec": { "size": 1 } """, out _);

        ApiException error = Refusal(() => Apply("two", """ "spec": { "size": 2 } """, out _));

        error.IsConflict.Should().BeTrue();
        error.Message.Should().Be("Apply failed with 1 conflict: conflict with \"one\": .spec.size");
        error.Causes.Should().ContainSingle().Which.Should().Match<ApiStatusCause>(cause =>
            cause.Type == "FieldManagerConflict" && cause.Field == ".spec.size" && cause.Message == "conflict with \"one\"");
        Text(cluster.Get(Widgets, "w"), "spec.size").Should().Be("1");
    }

    [Test]
    public void Several_conflicts_are_listed()
    {
        Apply("one", """ "spec": { "size": 1, "color": "red" } """, out _);

        Refusal(() => Apply("two", """ "spec": { "size": 2, "color": "blue" } """, out _))
            .Message.Should().Be("Apply failed with 2 conflicts: conflicts with \"one\":\n- .spec.size\n- .spec.color");
    }

    [Test]
    public void Managers_that_want_the_same_value_share_the_field()
    {
        Apply("one", """ "spec": { "size": 1 } """, out _);
        Apply("two", """ "spec": { "size": 1 } """, out _);

        JsonObject after = Apply("one", """ "spec": {} """, out _);

        Text(after, "spec.size").Should().Be("1", "the other manager still wants it");
    }

    [Test]
    public void Force_takes_the_field_over()
    {
        Apply("one", """ "spec": { "size": 1, "color": "red" } """, out _);

        JsonObject after = Apply("two", """ "spec": { "size": 2 } """, out _, force: true);

        Text(after, "spec.size").Should().Be("2");
        Fields(after, "one").Should().Be("""{"f:spec":{"f:color":{}}}""");
        Fields(after, "two").Should().Be("""{"f:spec":{"f:size":{}}}""");
    }

    [Test]
    public void What_a_manager_no_longer_applies_is_removed()
    {
        Apply("one", """ "spec": { "size": 1, "color": "red", "deep": { "a": 1 } } """, out _);

        JsonObject after = Apply("one", """ "spec": { "size": 1 } """, out _);

        after["spec"]!.ToJsonString().Should().Be("""{"size":1}""");
    }

    [Test]
    public void A_field_that_someone_changed_otherwise_is_theirs()
    {
        Apply("one", """ "spec": { "size": 1 } """, out _);
        cluster.Api.Patch(Widgets, InDefault("w"), null, Merge("""{ "spec": { "size": 5 } }"""), new WriteOptions { FieldManager = "editor" }, out _);

        Refusal(() => Apply("one", """ "spec": { "size": 1 } """, out _)).Message.Should().Contain("conflict with \"editor\" using example.com/v1");

        JsonObject after = Apply("one", "\"spec\": {}", out _);
        Text(after, "spec.size").Should().Be("5", "it is not the applier's any more");
    }

    [Test]
    public void A_field_that_someone_removed_is_nobody_s()
    {
        Apply("one", """ "spec": { "size": 1, "color": "red" } """, out _);

        JsonObject after = cluster.Patch(Widgets, "w", """{ "spec": { "color": null } }""");

        Fields(after, "one").Should().Be("""{"f:spec":{"f:size":{}}}""");
    }

    [Test]
    public void What_was_there_before_the_first_apply_is_not_taken_silently()
    {
        cluster.Widget("w", "\"spec\": { \"size\": 1 }");

        Refusal(() => Apply("one", """ "spec": { "size": 2 } """, out _)).IsConflict.Should().BeTrue();
        Text(Apply("one", """ "spec": { "size": 2 } """, out _, force: true), "spec.size").Should().Be("2");
    }

    [Test]
    public void Items_of_keyed_lists_are_owned_one_by_one()
    {
        Secrets("one", """[ { "name": "a" }, { "name": "b" } ]""");
        Secrets("two", """[ { "name": "c" } ]""");

        JsonObject after = Secrets("one", """[ { "name": "a" } ]""");

        after["secrets"]!.AsArray().Select(one => one!["name"]!.ToString()).Should().Equal("a", "c");

        JsonObject Secrets(string manager, string list) => Json(cluster.Api.Patch(
            CoreResources.ServiceAccounts, InDefault("sa"), null,
            Of(PatchKind.Apply, $$"""{ "apiVersion": "v1", "kind": "ServiceAccount", "secrets": {{list}} }"""), new WriteOptions { FieldManager = manager }, out _));
    }

    [Test]
    public void Labels_are_owned_one_by_one()
    {
        Apply("one", string.Empty, out _, metadata: """ "labels": { "a": "1", "b": "2" } """);
        Apply("two", string.Empty, out _, metadata: """ "labels": { "c": "3" } """);

        JsonObject after = Apply("one", string.Empty, out _, metadata: """ "labels": { "a": "1" } """);

        after["metadata"]!["labels"]!.ToJsonString().Should().Be("""{"a":"1","c":"3"}""");
    }

    [Test]
    public void What_others_own_inside_a_field_outlives_it()
    {
        Apply("one", "\"spec\": {}", out _);
        Apply("two", """ "spec": { "size": 1 } """, out _);

        JsonObject after = Apply("one", string.Empty, out _, metadata: "\"labels\": { \"a\": \"1\" }");

        Text(after, "spec.size").Should().Be("1");
    }

    [Test]
    public void A_manager_must_name_itself()
    {
        ApiException error = Refusal(() => Apply("", "\"spec\": {}", out _));

        error.Code.Should().Be(422);
        error.Message.Should().Contain("fieldManager: Required value: is required for apply patch");
    }

    [Test]
    public void A_status_is_applied_by_its_subresource()
    {
        Apply("one", """ "spec": { "size": 1 }, "status": { "ready": true } """, out _);
        At(cluster.Get(Widgets, "w"), "status").Should().BeNull();

        cluster.Api.Patch(Widgets, InDefault("w"), "status", Of(PatchKind.Apply, Body("\"status\": { \"ready\": true }", null)), new WriteOptions { FieldManager = "one" }, out _);

        Text(cluster.Get(Widgets, "w"), "status.ready").Should().Be("true");
        Text(cluster.Get(Widgets, "w"), "spec.size").Should().Be("1");
    }

    private JsonObject Apply(string manager, string rest, out bool created, bool force = false, string? metadata = null) => Json(cluster.Api.Patch(
        Widgets, InDefault("w"), null, Of(PatchKind.Apply, Body(rest, metadata)), new WriteOptions { FieldManager = manager, Force = force }, out created));

    private static string Body(string rest, string? metadata) =>
        $$"""{ "apiVersion": "example.com/v1", "kind": "Widget", "metadata": { "name": "w"{{(metadata is null ? "" : "," + metadata)}} }{{(rest.Length > 0 ? "," + rest : "")}} }""";

    private static string? Fields(JsonObject value, string manager) =>
        value["metadata"]!["managedFields"]!.AsArray().Single(entry => entry!["manager"]!.ToString() == manager)!["fieldsV1"]!.ToJsonString();

    private static ApiException Refusal(Func<object> call) => ClusterCreateTests.Refusal(() => { call(); });
}
