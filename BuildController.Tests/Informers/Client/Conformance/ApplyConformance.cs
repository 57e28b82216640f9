using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Conformance;

[TestFixtureSource(typeof(ConformanceTargets), nameof(ConformanceTargets.All))]
public sealed class ApplyConformance(ConformanceTarget target) : ClientsetConformance(target)
{
    [Test]
    public async Task An_apply_makes_what_is_not_there()
    {
        JsonObject applied = await ApplyAsync("new", "one", """ "data": { "a": "1" } """);

        applied.Uid().Should().NotBeEmpty();
        applied.Text("data.a").Should().Be("1");
        JsonNode entry = Entry(applied, "one")!;
        entry.Text("operation").Should().Be("Apply");
        entry["fieldsV1"]!["f:data"]!.AsObject().Should().ContainKey("f:a");
    }

    [Test]
    public async Task Applying_the_same_again_changes_nothing()
    {
        JsonObject first = await ApplyAsync("again", "one", """ "data": { "a": "1" } """);

        (await ApplyAsync("again", "one", """ "data": { "a": "1" } """)).Version().Should().Be(first.Version());
    }

    [Test]
    public async Task Managers_of_different_fields_do_not_meet()
    {
        await ApplyAsync("both", "one", """ "data": { "a": "1" } """);

        JsonObject after = await ApplyAsync("both", "two", """ "data": { "b": "2" } """);

        after.Text("data.a").Should().Be("1");
        after.Text("data.b").Should().Be("2");
        Entry(after, "one").Should().NotBeNull();
        Entry(after, "two").Should().NotBeNull();
    }

    [Test]
    public async Task Another_manager_s_field_is_a_conflict_that_names_manager_and_field()
    {
        await ApplyAsync("conflict", "one", """ "data": { "a": "1" } """);

        ApiException error = await RefusalOf(() => ApplyAsync("conflict", "two", """ "data": { "a": "2" } """));

        error.IsConflict.Should().BeTrue();
        error.Code.Should().Be(409);
        error.Message.Should().StartWith("Apply failed with 1 conflict: conflict with \"one\"").And.Contain(".data.a");
        ApiStatusCause cause = error.Causes.Should().ContainSingle().Subject;
        cause.Type.Should().Be("FieldManagerConflict");
        cause.Field.Should().Be(".data.a");
        cause.Message.Should().Contain("conflict with \"one\"");
        (await Maps.GetAsync(Key("conflict"), Stop)).Text("data.a").Should().Be("1");
    }

    [Test]
    public async Task Every_conflict_is_a_cause()
    {
        await ApplyAsync("conflicts", "one", """ "data": { "a": "1", "b": "1" } """);

        ApiException error = await RefusalOf(() => ApplyAsync("conflicts", "two", """ "data": { "a": "2", "b": "2" } """));

        error.Message.Should().StartWith("Apply failed with 2 conflicts");
        error.Causes.Select(static cause => cause.Field).Should().BeEquivalentTo(".data.a", ".data.b");
    }

    [Test]
    public async Task Who_made_an_object_otherwise_owns_its_fields_too()
    {
        await MapAsync("made", """ "data": { "a": "1" } """);

        (await RefusalOf(() => ApplyAsync("made", "one", """ "data": { "a": "2" } """))).IsConflict.Should().BeTrue();
        (await ApplyAsync("made", "one", """ "data": { "b": "2" } """)).Text("data.a").Should().Be("1");
    }

    [Test]
    public async Task Force_takes_the_field_over()
    {
        await ApplyAsync("force", "one", """ "data": { "a": "1", "b": "1" } """);

        JsonObject after = await ApplyAsync("force", "two", """ "data": { "a": "2" } """, force: true);

        after.Text("data.a").Should().Be("2");
        Entry(after, "one")!["fieldsV1"]!["f:data"]!.AsObject().Should().NotContainKey("f:a").And.ContainKey("f:b");
        Entry(after, "two")!["fieldsV1"]!["f:data"]!.AsObject().Should().ContainKey("f:a");
    }

    [Test]
    public async Task What_a_manager_no_longer_applies_goes()
    {
        await ApplyAsync("dropped", "one", """ "data": { "a": "1", "b": "1" } """);

        JsonObject after = await ApplyAsync("dropped", "one", """ "data": { "a": "1" } """);

        after.Compact("data").Should().Be("""{"a":"1"}""");
    }

    [Test]
    public async Task What_two_managers_apply_stays_until_the_second_drops_it()
    {
        await ApplyAsync("shared", "one", """ "data": { "a": "1", "x": "1" } """);
        await ApplyAsync("shared", "two", """ "data": { "a": "1", "y": "1" } """);

        (await ApplyAsync("shared", "one", """ "data": { "x": "1" } """)).Text("data.a").Should().Be("1");
        (await ApplyAsync("shared", "two", """ "data": { "y": "1" } """)).At("data.a").Should().BeNull();
    }

    [Test]
    public async Task Labels_are_owned_one_by_one()
    {
        await ApplyAsync("labels", "one", metadata: """ "labels": { "a": "1", "b": "1" } """);
        await ApplyAsync("labels", "two", metadata: """ "labels": { "c": "1" } """);

        JsonObject after = await ApplyAsync("labels", "one", metadata: """ "labels": { "a": "1" } """);

        after["metadata"]!["labels"]!.AsObject().Select(static label => label.Key).Should().BeEquivalentTo("a", "c");
    }

    [Test]
    public async Task Items_of_keyed_lists_are_owned_one_by_one()
    {
        await SecretsOfAsync("one", """[ { "name": "a" }, { "name": "b" } ]""");
        await SecretsOfAsync("two", """[ { "name": "c" } ]""");

        JsonObject after = await SecretsOfAsync("one", """[ { "name": "a" } ]""");

        after["secrets"]!.AsArray().Select(static one => one.Text("name")).Should().BeEquivalentTo("a", "c");

        Task<JsonObject> SecretsOfAsync(string manager, string list) => Clientset.Resource(Kinds.ServiceAccounts).PatchAsync(
            Key("keyed"), Patch.Apply(JsonReading.Parse($$"""{ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": "keyed" }, "secrets": {{list}} }"""), manager), Stop);
    }

    [Test]
    public async Task A_list_whose_items_have_no_key_is_owned_whole()
    {
        await SecretsOfAsync("one", "a");

        ApiException error = await RefusalOf(() => SecretsOfAsync("two", "b"));

        error.Causes.Select(static cause => cause.Field).Should().Equal(".imagePullSecrets");

        Task<JsonObject> SecretsOfAsync(string manager, string name) => Clientset.Resource(Kinds.ServiceAccounts).PatchAsync(
            Key("whole"),
            Patch.Apply(JsonReading.Parse($$"""{ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": "whole" }, "imagePullSecrets": [ { "name": "{{name}}" } ] }"""), manager),
            Stop);
    }

    [Test]
    public async Task A_field_that_someone_changed_otherwise_is_theirs()
    {
        await ApplyAsync("changed", "one", """ "data": { "a": "1", "b": "1" } """);
        await Maps.PatchAsync(Key("changed"), Merge("""{ "data": { "a": "2" } }"""), Stop);

        ApiException error = await RefusalOf(() => ApplyAsync("changed", "one", """ "data": { "a": "1", "b": "1" } """));

        error.IsConflict.Should().BeTrue();
        error.Causes.Should().ContainSingle().Which.Field.Should().Be(".data.a");
        (await ApplyAsync("changed", "one", """ "data": { "b": "1" } """)).Text("data.a").Should().Be("2");
    }

    [Test]
    public async Task An_apply_for_another_version_is_a_conflict()
    {
        JsonObject first = await ApplyAsync("stale", "one", """ "data": { "a": "1" } """);
        await Maps.PatchAsync(Key("stale"), Merge("""{ "data": { "b": "2" } }"""), Stop);

        (await RefusalOf(() => ApplyAsync("stale", "one", """ "data": { "a": "2" } """, $"\"resourceVersion\": \"{first.Version()}\""))).IsConflict.Should().BeTrue();
    }

    [Test]
    public async Task An_apply_to_another_object_than_the_one_that_is_meant_is_a_conflict() =>
        (await RefusalOf(() => ApplyAsync("nobody", "one", metadata: "\"uid\": \"00000000-0000-0000-0000-000000000000\""))).IsConflict.Should().BeTrue();

    [Test]
    public async Task An_apply_cannot_be_of_another_version()
    {
        JsonObject body = JsonReading.Parse($$"""{ "apiVersion": "v2", "kind": "ConfigMap", "metadata": { "name": "version" } }""");

        (await RefusalOf(() => Maps.PatchAsync(Key("version"), Patch.Apply(body, "one"), Stop))).Code.Should().Be(400);
    }

    [Test]
    public async Task An_apply_cannot_name_another_object()
    {
        JsonObject body = JsonReading.Parse($$"""{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "other" } }""");

        (await RefusalOf(() => Maps.PatchAsync(Key("named"), Patch.Apply(body, "one"), Stop))).Code.Should().Be(400);
    }

    [Test]
    public async Task Owners_are_not_for_an_apply_to_set() =>
        (await RefusalOf(() => ApplyAsync("owners", "one", metadata: "\"managedFields\": []"))).Code.Should().Be(400);

    [Test]
    public async Task An_apply_is_validated()
    {
        ShouldBlame(await RefusalOf(() => ApplyAsync("invalid", "one", """ "data": { "a b": "1" } """)), "FieldValueInvalid", "data[a b]");
    }

    [Test]
    public async Task An_apply_needs_the_namespace()
    {
        JsonObject body = JsonReading.Parse($$"""{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "lost" } }""");

        (await RefusalOf(() => Maps.PatchAsync(new ObjectKey("conformance-that-is-not-there", "lost"), Patch.Apply(body, "one"), Stop))).IsNotFound.Should().BeTrue();
    }

    [Test]
    public async Task Owners_can_be_forgotten()
    {
        await ApplyAsync("forgotten", "one", """ "data": { "a": "1" } """);

        JsonObject after = await Maps.PatchAsync(Key("forgotten"), Merge("""{ "metadata": { "managedFields": [ {} ] } }"""), Stop);

        after.At("metadata.managedFields").Should().BeNull();
        after.Text("data.a").Should().Be("1");
    }

    private Task<JsonObject> ApplyAsync(string name, string manager, string rest = "", string metadata = "", bool force = false)
    {
        JsonObject body = Named(name, rest, metadata);
        body["apiVersion"] = "v1";
        body["kind"] = "ConfigMap";
        return Maps.PatchAsync(Key(name), Patch.Apply(body, manager, force), Stop);
    }

    private static JsonNode? Entry(JsonObject value, string manager) =>
        value["metadata"]!["managedFields"]!.AsArray().SingleOrDefault(entry => entry.Text("manager") == manager);
}
