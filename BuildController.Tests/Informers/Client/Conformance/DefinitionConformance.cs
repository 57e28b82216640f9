using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Conformance;

[TestFixtureSource(typeof(ConformanceTargets), nameof(ConformanceTargets.All))]
public sealed class DefinitionConformance(ConformanceTarget target) : CustomResourceConformance(target)
{
    private const string Open = """ "spec": { "type": "object", "x-kubernetes-preserve-unknown-fields": true } """;

    [Test]
    public async Task A_definition_is_completed_accepted_and_served()
    {
        JsonObject created = await CreateDefinitionAsync(DefinitionOf("widgets", Open));
        created.Text("spec.names.singular").Should().Be("widget");
        created.Text("spec.names.listKind").Should().Be("WidgetList");
        created.Text("spec.conversion.strategy").Should().Be("None");

        JsonObject established = await UntilAsync(created.Name(), static one => IsTrue(one, "Established"));

        IsTrue(established, "NamesAccepted").Should().BeTrue();
        Condition(established, "NamesAccepted").Text("reason").Should().Be("NoConflicts");
        Condition(established, "Established").Text("reason").Should().Be("InitialNamesAccepted");
        established.Text("status.acceptedNames.plural").Should().Be("widgets");
        established.Text("status.acceptedNames.kind").Should().Be("Widget");
        established.Texts("status.storedVersions").Should().Equal("v1");
    }

    [Test]
    public async Task A_resource_can_be_of_the_whole_cluster()
    {
        IResourceClient<JsonObject> planets = await EstablishAsync(DefinitionOf("planets", Open, scope: "Cluster"));

        JsonObject created = await planets.CreateAsync(JsonReading.Parse("""{ "metadata": { "name": "earth" }, "spec": { "size": 1 } }"""), Stop);

        created.At("metadata.namespace").Should().BeNull();
        (await NamesAsync(planets, null, new ListOptions())).Should().Equal("earth");
        await planets.DeleteAsync(new ObjectKey("earth"), null, Stop);
    }

    [TestCase("""{ "spec": { "group": "GROUP", "scope": "Namespaced", "names": { "plural": "others", "kind": "Other" }, VERSIONS } }""", "FieldValueInvalid", "metadata.name")]
    [TestCase("""{ "spec": { "group": "GROUP", "names": { "plural": "bads", "kind": "Bad" }, VERSIONS } }""", "FieldValueRequired", "spec.scope")]
    [TestCase("""{ "spec": { "group": "GROUP", "scope": "Planet", "names": { "plural": "bads", "kind": "Bad" }, VERSIONS } }""", "FieldValueNotSupported", "spec.scope")]
    [TestCase("""{ "spec": { "group": "GROUP", "scope": "Cluster", "names": { "plural": "bads", "kind": "Bad", "listKind": "Bad" }, VERSIONS } }""", "FieldValueInvalid", "spec.names.listKind")]
    [TestCase("""{ "spec": { "group": "GROUP", "scope": "Cluster", "names": { "plural": "bads", "kind": "Bad_" }, VERSIONS } }""", "FieldValueInvalid", "spec.names.kind")]
    [TestCase("""{ "spec": { "group": "GROUP", "scope": "Cluster", "names": { "plural": "bads", "kind": "Bad", "shortNames": ["B"] }, VERSIONS } }""", "FieldValueInvalid", "spec.names.shortNames[0]")]
    [TestCase("""{ "spec": { "group": "GROUP", "scope": "Cluster", "names": { "plural": "bads", "kind": "Bad" }, "versions": [] } }""", "FieldValueInvalid", "spec.versions")]
    [TestCase("""{ "spec": { "group": "GROUP", "scope": "Cluster", "names": { "plural": "bads" }, VERSIONS } }""", "FieldValueRequired", "spec.names.kind")]
    public async Task A_definition_that_is_not_in_order_is_refused(string body, string type, string field)
    {
        JsonObject definition = JsonReading.Parse(body
            .Replace("GROUP", Group, StringComparison.Ordinal)
            .Replace("VERSIONS", """ "versions": [ { "name": "v1", "served": true, "storage": true, "schema": { "openAPIV3Schema": { "type": "object" } } } ] """, StringComparison.Ordinal));
        definition["metadata"] = JsonReading.Parse($$"""{ "name": "bads.{{Group}}" }""");

        ShouldBlame(await RefusalOf(() => Definitions.CreateAsync(definition, Stop)), type, field);
    }

    [TestCase("false,false")]
    [TestCase("true,true")]
    public async Task Exactly_one_version_is_stored(string storage)
    {
        string[] versions = [.. storage.Split(',').Select(static (stored, i) =>
            $$"""{ "name": "v{{i + 1}}", "served": true, "storage": {{stored}}, "schema": { "openAPIV3Schema": { "type": "object" } } }""")];
        JsonObject definition = DefinitionOf("bads", Open);
        definition["spec"]!["versions"] = JsonNode.Parse($"[{string.Join(',', versions)}]");

        ShouldBlame(await RefusalOf(() => Definitions.CreateAsync(definition, Stop)), "FieldValueInvalid", "spec.versions");
    }

    [Test]
    public async Task A_version_needs_a_schema()
    {
        JsonObject definition = DefinitionOf("bads", Open);
        definition["spec"]!["versions"]![0]!.AsObject().Remove("schema");

        ShouldBlame(await RefusalOf(() => Definitions.CreateAsync(definition, Stop)), "FieldValueRequired", "spec.versions[0].schema.openAPIV3Schema");
    }

    // Where a schema stands in an error depends on whether all versions share it; how it ends does not.
    [TestCase(""" "a": {} """, "FieldValueRequired", ".properties[a].type")]
    [TestCase(""" "a": { "type": "text" } """, "FieldValueNotSupported", ".properties[a].type")]
    [TestCase(""" "a": { "type": "array" } """, "FieldValueRequired", ".properties[a].items")]
    [TestCase(""" "a": { "type": "string", "pattern": "(" } """, "FieldValueInvalid", ".properties[a].pattern")]
    [TestCase(""" "a": { "type": "array", "items": { "type": "string" }, "uniqueItems": true } """, "FieldValueForbidden", ".properties[a].uniqueItems")]
    [TestCase(""" "a": { "type": "object", "properties": { "b": { "type": "string" } }, "additionalProperties": { "type": "string" } } """, "FieldValueForbidden", ".properties[a].additionalProperties")]
    [TestCase(""" "a": { "type": "string", "anyOf": [ { "type": "string" } ] } """, "FieldValueForbidden", ".properties[a].anyOf[0].type")]
    [TestCase(""" "a": { "type": "array", "x-kubernetes-list-type": "map", "items": { "type": "object", "properties": { "n": { "type": "string" } } } } """, "FieldValueRequired", ".properties[a].x-kubernetes-list-map-keys")]
    [TestCase(""" "a": { "type": "array", "x-kubernetes-list-type": "bag", "items": { "type": "string" } } """, "FieldValueNotSupported", ".properties[a].x-kubernetes-list-type")]
    [TestCase(""" "a": { "type": "integer", "default": "x" } """, "FieldValueTypeInvalid", ".properties[a].default")]
    [TestCase(""" "a": { "type": "object", "properties": { "b": { "type": "string" } }, "default": { "c": 1 } } """, "FieldValueInvalid", ".properties[a].default")]
    [TestCase(""" "metadata": { "type": "object", "properties": { "labels": { "type": "object" } } } """, "FieldValueForbidden", ".properties[metadata]")]
    public async Task A_schema_that_is_not_structural_is_refused(string properties, string type, string field)
    {
        ApiException error = await RefusalOf(() => Definitions.CreateAsync(DefinitionOf("bads", properties), Stop));

        error.Code.Should().Be(422);
        error.Causes.Should().Contain(cause => cause.Type == type && cause.Field!.EndsWith("openAPIV3Schema" + field, StringComparison.Ordinal), error.Message);
    }

    [Test]
    public async Task Two_kinds_cannot_go_by_one_name()
    {
        await EstablishAsync(DefinitionOf("firsts", Open));
        JsonObject second = DefinitionOf("seconds", Open);
        second["spec"]!["names"]!["kind"] = "First";

        await CreateDefinitionAsync(second);

        JsonObject refused = await UntilAsync(second.Name(), static one => Condition(one, "NamesAccepted") is not null);
        IsTrue(refused, "NamesAccepted").Should().BeFalse();
        IsTrue(refused, "Established").Should().BeFalse();
        Condition(refused, "NamesAccepted").Text("reason").Should().EndWith("KindConflict");
        (await RefusalOf(() => Clientset.Resource(TypeOf("seconds")).ListAsync(Namespace, cancellationToken: Stop))).IsNotFound.Should().BeTrue();
    }

    [Test]
    public async Task Scope_and_kind_stay_as_they_are()
    {
        await EstablishAsync(DefinitionOf("fixed", Open));
        var key = new ObjectKey($"fixed.{Group}");

        ShouldBlame(await RefusalOf(() => Definitions.PatchAsync(key, Merge("""{ "spec": { "scope": "Cluster" } }"""), Stop)), "FieldValueInvalid", "spec.scope");
        ShouldBlame(await RefusalOf(() => Definitions.PatchAsync(key, Merge("""{ "spec": { "names": { "kind": "Other" } } }"""), Stop)), "FieldValueInvalid", "spec.names.kind");
    }

    [Test]
    public async Task A_changed_schema_is_used_for_what_is_there_and_what_comes()
    {
        IResourceClient<JsonObject> things = await EstablishAsync(DefinitionOf("changes", """ "spec": { "type": "object", "properties": { "a": { "type": "string" } } } """));
        await things.CreateAsync(Named("old", """ "spec": { "a": "1", "b": "2" } """), Stop);

        await Definitions.PatchAsync(new ObjectKey($"changes.{Group}"), Of(PatchKind.Json, """
            [ { "op": "add", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/b", "value": { "type": "string", "default": "new" } } ]
            """), Stop);

        // A server learns of the change by and by.
        JsonObject read;
        while ((read = await things.GetAsync(Key("old"), Stop)).At("spec.b") is null)
            await Task.Yield();

        read.Text("spec.b").Should().Be("new");
        read.Text("spec.a").Should().Be("1");
        (await things.CreateAsync(Named("fresh", """ "spec": { "b": "given" } """), Stop)).Text("spec.b").Should().Be("given");
    }

    [Test]
    public async Task All_versions_show_the_same_objects()
    {
        JsonObject definition = DefinitionOf("versions", Open);
        definition["spec"]!["versions"] = JsonNode.Parse($$"""
            [ { "name": "v1", "served": true, "storage": true, "schema": { "openAPIV3Schema": { "type": "object", "properties": { {{Open}} } } } },
              { "name": "v1beta1", "served": true, "storage": false, "schema": { "openAPIV3Schema": { "type": "object", "properties": { {{Open}} } } } },
              { "name": "v1alpha1", "served": false, "storage": false, "schema": { "openAPIV3Schema": { "type": "object", "properties": { {{Open}} } } } } ]
            """);
        IResourceClient<JsonObject> newer = await EstablishAsync(definition), older = Clientset.Resource(TypeOf("versions", "v1beta1"));
        string version = await VersionAsync(newer);

        JsonObject created = await older.CreateAsync(Named("both", """ "spec": { "size": 1 } """), Stop);
        created.Text("apiVersion").Should().Be($"{Group}/v1beta1");

        JsonObject read = await newer.GetAsync(Key("both"), Stop);
        read.Text("apiVersion").Should().Be($"{Group}/v1");
        read.Uid().Should().Be(created.Uid());
        read.Version().Should().Be(created.Version());

        await newer.PatchAsync(Key("both"), Merge("""{ "spec": { "size": 2 } }"""), Stop);
        JsonObject changed = await older.GetAsync(Key("both"), Stop);
        changed.Text("spec.size").Should().Be("2");
        changed.Text("apiVersion").Should().Be($"{Group}/v1beta1");
        (await older.ListAsync(Namespace, cancellationToken: Stop)).Items.Should().OnlyContain(one => one.Text("apiVersion") == $"{Group}/v1beta1");

        await using (var events = new EventReader(await WatchAsync(newer, version), Stop))
        {
            WatchEvent<JsonObject> added = (await events.NextAsync())!.Value;
            added.Object!.Text("apiVersion").Should().Be($"{Group}/v1");
            added.Object!.Text("spec.size").Should().Be("1");
        }

        (await RefusalOf(() => Clientset.Resource(TypeOf("versions", "v1alpha1")).GetAsync(Key("both"), Stop))).IsNotFound.Should().BeTrue();
    }

    [Test]
    public async Task An_object_goes_in_at_its_own_version_only()
    {
        IResourceClient<JsonObject> things = await EstablishAsync(DefinitionOf("strict", Open));
        JsonObject body = Named("other", $""" "apiVersion": "{Group}/v2", "kind": "Stric" """);

        (await RefusalOf(() => things.CreateAsync(body, Stop))).Code.Should().Be(400);
    }

    [Test]
    public async Task A_definition_takes_its_objects_with_it()
    {
        IResourceClient<JsonObject> things = await EstablishAsync(DefinitionOf("doomed", Open));
        await things.CreateAsync(Named("a"), Stop);
        await things.CreateAsync(Named("b"), Stop);
        await using var events = new EventReader(await WatchAsync(things, await VersionAsync(things)), Stop);

        await Definitions.DeleteAsync(new ObjectKey($"doomed.{Group}"), null, Stop);
        await GoneAsync($"doomed.{Group}");

        (await events.NextAsync(2)).Should().BeEquivalentTo("Deleted a", "Deleted b");
        await NotServedAsync(things);
    }

    [Test]
    public async Task A_definition_waits_for_objects_that_are_held_and_takes_no_new_ones()
    {
        IResourceClient<JsonObject> things = await EstablishAsync(DefinitionOf("waiting", Open));
        await things.CreateAsync(Named("held", metadata: """ "finalizers": ["example.com/hold"] """), Stop);
        string name = $"waiting.{Group}";

        await Definitions.DeleteAsync(new ObjectKey(name), null, Stop);
        JsonObject waiting = await UntilAsync(name, static one => Condition(one, "Terminating").Text("reason") == "InstanceDeletionInProgress");

        waiting.Texts("metadata.finalizers").Should().Contain("customresourcecleanup.apiextensions.k8s.io");
        while ((await things.GetAsync(Key("held"), Stop)).At("metadata.deletionTimestamp") is null)
            await Task.Yield();

        ApiException error = await RefusalOf(() => things.CreateAsync(Named("late"), Stop));
        error.Code.Should().Be(405);
        error.Reason.Should().Be(ApiErrorReason.MethodNotAllowed);

        await things.PatchAsync(Key("held"), Merge("""{ "metadata": { "finalizers": null } }"""), Stop);
        await GoneAsync(name);
        await NotServedAsync(things);
    }

    private async Task NotServedAsync(IResourceClient<JsonObject> client)
    {
        while (true)
        {
            try
            {
                await client.ListAsync(Namespace, new ListOptions(), static _ => { }, Stop);
                await Task.Yield();
            }
            catch (ApiException error) when (error.IsNotFound)
            {
                return;
            }
        }
    }
}
