using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Conformance;

[TestFixtureSource(typeof(ConformanceTargets), nameof(ConformanceTargets.All))]
public sealed class PatchConformance(ConformanceTarget target) : ClientsetConformance(target)
{
    [Test]
    public async Task A_merge_patch_sets_changes_and_removes_members()
    {
        await MapAsync("merged", """ "data": { "a": "1", "b": "2", "c": "3" } """, """ "labels": { "x": "y" } """);

        JsonObject patched = await Maps.PatchAsync(Key("merged"), Merge("""{ "data": { "a": "9", "b": null, "d": "4" } }"""), Stop);

        patched["data"]!.AsObject().Select(static member => $"{member.Key}={member.Value}").Should().BeEquivalentTo("a=9", "c=3", "d=4");
        patched.Text("metadata.labels.x").Should().Be("y");
    }

    [Test]
    public async Task A_merge_patch_replaces_lists_whole()
    {
        await MapAsync("lists", metadata: """ "finalizers": ["example.com/a", "example.com/b"] """);

        JsonObject patched = await Maps.PatchAsync(Key("lists"), Merge("""{ "metadata": { "finalizers": ["example.com/c"] } }"""), Stop);

        patched.Texts("metadata.finalizers").Should().Equal("example.com/c");
    }

    [Test]
    public async Task A_merge_patch_for_another_version_is_a_conflict()
    {
        JsonObject created = await MapAsync("conditional");
        JsonObject first = await Maps.PatchAsync(Key("conditional"), At(created.Version(), "1"), Stop);

        ApiException error = await RefusalOf(() => Maps.PatchAsync(Key("conditional"), At(created.Version(), "2"), Stop));

        error.IsConflict.Should().BeTrue();
        error.Code.Should().Be(409);
        (await Maps.PatchAsync(Key("conditional"), At(first.Version(), "3"), Stop)).Text("data.a").Should().Be("3");

        static Patch At(string version, string value) => Merge($$"""{ "metadata": { "resourceVersion": "{{version}}" }, "data": { "a": "{{value}}" } }""");
    }

    [Test]
    public async Task A_patch_that_changes_nothing_makes_no_new_version()
    {
        JsonObject created = await MapAsync("same", """ "data": { "a": "1" } """);

        (await Maps.PatchAsync(Key("same"), Merge("""{ "data": { "a": "1" } }"""), Stop)).Version().Should().Be(created.Version());
        (await Maps.PatchAsync(Key("same"), Merge("{}"), Stop)).Version().Should().Be(created.Version());
    }

    [TestCase(PatchKind.JsonMerge, "[]")]
    [TestCase(PatchKind.JsonMerge, "1")]
    [TestCase(PatchKind.JsonMerge, "{ \"data\": ")]
    [TestCase(PatchKind.Json, "{}")]
    [TestCase(PatchKind.Json, "[ 1 ]")]
    [TestCase(PatchKind.StrategicMerge, "[]")]
    public async Task A_patch_that_is_none_is_a_bad_request(PatchKind kind, string body)
    {
        string name = Unique("malformed");
        await MapAsync(name);

        (await RefusalOf(() => Maps.PatchAsync(Key(name), Of(kind, body), Stop))).Code.Should().Be(400);
    }

    [Test]
    public async Task A_json_patch_adds_replaces_removes_moves_and_copies()
    {
        await MapAsync("json", """ "data": { "a": "1", "b": "2", "c": "3" } """);

        JsonObject patched = await Maps.PatchAsync(Key("json"), Of(PatchKind.Json, """
            [ { "op": "test", "path": "/data/a", "value": "1" },
              { "op": "replace", "path": "/data/a", "value": "9" },
              { "op": "add", "path": "/data/d", "value": "4" },
              { "op": "remove", "path": "/data/b" },
              { "op": "move", "from": "/data/c", "path": "/data/f" },
              { "op": "copy", "from": "/data/f", "path": "/data/g" } ]
            """), Stop);

        patched["data"]!.AsObject().Select(static member => $"{member.Key}={member.Value}").Should().BeEquivalentTo("a=9", "d=4", "f=3", "g=3");
    }

    [Test]
    public async Task A_json_patch_appends_to_lists_and_inserts_into_them()
    {
        await MapAsync("append", metadata: """ "finalizers": ["example.com/b"], "annotations": { "example.com/a": "1" } """);

        JsonObject patched = await Maps.PatchAsync(Key("append"), Of(PatchKind.Json, """
            [ { "op": "add", "path": "/metadata/finalizers/-", "value": "example.com/c" },
              { "op": "add", "path": "/metadata/finalizers/0", "value": "example.com/a" },
              { "op": "replace", "path": "/metadata/annotations/example.com~1a", "value": "2" } ]
            """), Stop);

        patched.Texts("metadata.finalizers").Should().Equal("example.com/a", "example.com/b", "example.com/c");
        ((string?)patched["metadata"]!["annotations"]!["example.com/a"]).Should().Be("2");
    }

    [TestCase("""{ "op": "test", "path": "/data/a", "value": "2" }""")]
    [TestCase("""{ "op": "remove", "path": "/data/b" }""")]
    [TestCase("""{ "op": "add", "path": "/nothing/b", "value": "2" }""")]
    [TestCase("""{ "op": "move", "from": "/data/b", "path": "/data/c" }""")]
    [TestCase("""{ "op": "turn", "path": "/data/b", "value": "2" }""")]
    public async Task A_json_patch_that_cannot_be_carried_out_is_refused_whole(string operation)
    {
        string name = Unique("refused");
        JsonObject created = await MapAsync(name, """ "data": { "a": "1" } """);

        ApiException error = await RefusalOf(() => Maps.PatchAsync(
            Key(name), Of(PatchKind.Json, $$"""[ { "op": "add", "path": "/data/z", "value": "1" }, {{operation}} ]"""), Stop));

        error.Code.Should().Be(422);
        error.IsInvalid.Should().BeTrue();
        (await Maps.GetAsync(Key(name), Stop)).Version().Should().Be(created.Version());
    }

    [Test]
    public async Task A_strategic_merge_patch_merges_lists_by_their_keys()
    {
        IResourceClient<JsonObject> accounts = Clientset.Resource(Kinds.ServiceAccounts);
        await accounts.CreateAsync(Named("keys", """ "secrets": [ { "name": "a" }, { "name": "b" } ] """), Stop);

        JsonObject patched = await accounts.PatchAsync(Key("keys"), Of(PatchKind.StrategicMerge, """
            { "secrets": [ { "name": "c" }, { "name": "a", "$patch": "delete" } ] }
            """), Stop);

        patched["secrets"]!.AsArray().Select(static one => one.Text("name")).Should().BeEquivalentTo("b", "c");
    }

    [Test]
    public async Task A_strategic_merge_patch_can_replace_a_list_or_take_values_out()
    {
        IResourceClient<JsonObject> accounts = Clientset.Resource(Kinds.ServiceAccounts);
        await accounts.CreateAsync(Named("directives", """ "secrets": [ { "name": "a" }, { "name": "b" } ] """, """ "finalizers": ["example.com/a", "example.com/b"] """), Stop);

        JsonObject patched = await accounts.PatchAsync(Key("directives"), Of(PatchKind.StrategicMerge, """
            { "secrets": [ { "$patch": "replace" }, { "name": "c" } ],
              "metadata": { "$deleteFromPrimitiveList/finalizers": ["example.com/a"] } }
            """), Stop);

        patched["secrets"]!.AsArray().Select(static one => one.Text("name")).Should().Equal("c");
        patched.Texts("metadata.finalizers").Should().Equal("example.com/b");
    }

    [Test]
    public async Task A_strategic_merge_patch_replaces_lists_whose_items_have_no_key()
    {
        IResourceClient<JsonObject> accounts = Clientset.Resource(Kinds.ServiceAccounts);
        await accounts.CreateAsync(Named("keyless", """ "imagePullSecrets": [ { "name": "a" }, { "name": "b" } ] """), Stop);

        JsonObject patched = await accounts.PatchAsync(Key("keyless"), Of(PatchKind.StrategicMerge, """{ "imagePullSecrets": [ { "name": "c" } ] }"""), Stop);

        patched["imagePullSecrets"]!.AsArray().Select(static one => one.Text("name")).Should().Equal("c");
    }

    [Test]
    public async Task A_strategic_merge_patch_adds_to_finalizers_and_owners()
    {
        JsonObject owner = await MapAsync("owner");
        await MapAsync("owned", metadata: $$"""
            "finalizers": ["example.com/a"], "ownerReferences": [ { "apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": "{{owner.Uid()}}" } ]
            """);
        JsonObject second = await MapAsync("second");

        JsonObject patched = await Maps.PatchAsync(Key("owned"), Of(PatchKind.StrategicMerge, $$"""
            { "metadata": { "finalizers": ["example.com/b"],
              "ownerReferences": [ { "apiVersion": "v1", "kind": "ConfigMap", "name": "second", "uid": "{{second.Uid()}}" } ] } }
            """), Stop);

        patched.Texts("metadata.finalizers").Should().BeEquivalentTo("example.com/a", "example.com/b");
        patched["metadata"]!["ownerReferences"]!.AsArray().Select(static one => one.Text("name")).Should().BeEquivalentTo("owner", "second");
    }

    [TestCase(PatchKind.JsonMerge, "{}")]
    [TestCase(PatchKind.Json, "[]")]
    [TestCase(PatchKind.StrategicMerge, "{}")]
    public async Task What_is_not_there_cannot_be_patched(PatchKind kind, string body) =>
        (await RefusalOf(() => Maps.PatchAsync(Key("nobody"), Of(kind, body), Stop))).IsNotFound.Should().BeTrue();

    [TestCase("""{ "metadata": { "name": "other" } }""")]
    [TestCase("""{ "metadata": { "namespace": "default" } }""")]
    public async Task A_patch_cannot_move_an_object(string patch)
    {
        string name = Unique("moved");
        await MapAsync(name);

        (await RefusalOf(() => Maps.PatchAsync(Key(name), Merge(patch), Stop))).Code.Should().Be(400);
    }

    [Test]
    public async Task A_patch_cannot_change_the_identity()
    {
        await MapAsync("identity");

        ShouldBlame(
            await RefusalOf(() => Maps.PatchAsync(Key("identity"), Merge("""{ "metadata": { "uid": "00000000-0000-0000-0000-000000000000" } }"""), Stop)),
            "FieldValueInvalid", "metadata.uid");
    }

    [TestCase(PatchKind.JsonMerge, """{ "data": { "a": 1 } }""")]
    [TestCase(PatchKind.Json, """[ { "op": "add", "path": "/data", "value": 1 } ]""")]
    [TestCase(PatchKind.StrategicMerge, """{ "data": { "a": 1 } }""")]
    public async Task A_patch_that_makes_values_of_another_type_is_invalid(PatchKind kind, string body)
    {
        string name = Unique("typed");
        await MapAsync(name);

        ApiException error = await RefusalOf(() => Maps.PatchAsync(Key(name), Of(kind, body), Stop));

        error.Code.Should().Be(422);
        error.IsInvalid.Should().BeTrue();
    }

    [Test]
    public async Task Fields_that_the_kind_does_not_have_are_dropped_from_a_patch()
    {
        await MapAsync("unknown");

        JsonObject patched = await Maps.PatchAsync(Key("unknown"), Merge("""{ "data": { "a": "1" }, "extra": { "b": "2" } }"""), Stop);

        patched.Text("data.a").Should().Be("1");
        patched.ContainsKey("extra").Should().BeFalse();
    }

    [Test]
    public async Task A_kind_without_a_status_has_no_status_to_patch()
    {
        await MapAsync("statusless");

        (await RefusalOf(() => Maps.PatchStatusAsync(Key("statusless"), Merge("""{ "status": { "a": 1 } }"""), Stop))).IsNotFound.Should().BeTrue();
    }

    private static string Unique(string prefix) => $"{prefix}-{Guid.NewGuid():N}"[..24];
}
