using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Conformance;

[TestFixtureSource(typeof(ConformanceTargets), nameof(ConformanceTargets.All))]
public sealed class SchemaConformance(ConformanceTarget target) : CustomResourceConformance(target)
{
    private const string Schema = """
        "spec": { "type": "object", "required": ["size"], "properties": {
          "size": { "type": "integer", "minimum": 1, "maximum": 10 },
          "ratio": { "type": "number", "minimum": 0, "exclusiveMinimum": true },
          "step": { "type": "integer", "multipleOf": 5 },
          "color": { "type": "string", "enum": ["red", "blue"], "default": "red" },
          "code": { "type": "string", "pattern": "^[a-z]+$", "minLength": 2, "maxLength": 4 },
          "when": { "type": "string", "format": "date-time" },
          "port": { "x-kubernetes-int-or-string": true },
          "flag": { "type": "boolean" },
          "note": { "type": "string", "nullable": true },
          "given": { "type": "string", "default": "default" },
          "free": { "type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties": { "known": { "type": "object", "properties": { "a": { "type": "string" } } } } },
          "limits": { "type": "object", "additionalProperties": { "type": "integer" }, "minProperties": 1, "maxProperties": 2 },
          "list": { "type": "array", "minItems": 1, "maxItems": 2, "items": { "type": "string" } },
          "set": { "type": "array", "x-kubernetes-list-type": "set", "items": { "type": "string" } },
          "items": { "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
            "items": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" }, "value": { "type": "string" }, "mode": { "type": "string", "default": "rw" } } } },
          "ports": { "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["number", "protocol"],
            "items": { "type": "object", "required": ["number"], "properties": { "number": { "type": "integer" }, "protocol": { "type": "string", "default": "TCP" }, "name": { "type": "string" } } } },
          "whole": { "type": "object", "x-kubernetes-map-type": "atomic", "additionalProperties": { "type": "string" } },
          "template": { "type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true },
          "either": { "type": "object", "properties": { "a": { "type": "string" }, "b": { "type": "string" } }, "oneOf": [ { "required": ["a"] }, { "required": ["b"] } ] }
        } }
        """;

    private IResourceClient<JsonObject> things = null!;

    protected override async Task PrepareAsync() => things = await EstablishAsync(DefinitionOf("things", Schema));

    [Test]
    public async Task A_valid_object_is_kept_as_it_was_sent()
    {
        JsonObject created = await SpecAsync("valid", """
            "size": 3, "ratio": 1.5, "color": "blue", "code": "abc", "when": "2024-01-02T03:04:05Z", "port": "http", "flag": true, "note": null, "given": "x",
            "limits": { "cpu": 1 }, "list": ["a"], "set": ["a", "b"], "items": [ { "name": "a", "mode": "ro" } ], "either": { "a": "x" }
            """);

        JsonObject spec = created["spec"]!.AsObject();
        spec.Compact("ratio").Should().Be("1.5");
        spec.Compact("port").Should().Be("\"http\"");
        spec.ContainsKey("note").Should().BeTrue();
        spec.At("note").Should().BeNull();
        spec.Text("items.0.mode").Should().Be("ro");
        spec.Texts("set").Should().Equal("a", "b");
    }

    [Test]
    public async Task Fields_that_the_schema_does_not_name_are_pruned()
    {
        JsonObject created = await things.CreateAsync(
            Named("pruned", """ "spec": { "size": 1, "extra": 1, "items": [ { "name": "a", "extra": 1 } ] }, "extra": { "a": 1 } """), Stop);

        created.ContainsKey("extra").Should().BeFalse();
        created.At("spec.extra").Should().BeNull();
        created.At("spec.items.0.extra").Should().BeNull();
        created.Text("spec.items.0.name").Should().Be("a");
    }

    [Test]
    public async Task What_is_preserved_is_pruned_only_where_it_is_known()
    {
        JsonObject created = await SpecAsync("preserved", """ "size": 1, "free": { "any": { "thing": 1 }, "known": { "a": "1", "b": "2" } } """);

        created.Text("spec.free.any.thing").Should().Be("1");
        created.Text("spec.free.known.a").Should().Be("1");
        created.At("spec.free.known.b").Should().BeNull();
    }

    [Test]
    public async Task What_is_left_out_has_its_default()
    {
        JsonObject created = await SpecAsync("defaulted", """ "size": 1, "items": [ { "name": "a" } ], "ports": [ { "number": 80 } ] """);

        created.Text("spec.color").Should().Be("red");
        created.Text("spec.given").Should().Be("default");
        created.Text("spec.items.0.mode").Should().Be("rw");
        created.Text("spec.ports.0.protocol").Should().Be("TCP");
    }

    [Test]
    public async Task A_null_is_replaced_by_the_default_or_dropped_where_it_cannot_be()
    {
        JsonObject created = await SpecAsync("nulls", """ "size": 1, "given": null, "flag": null """);

        created.Text("spec.given").Should().Be("default");
        created["spec"]!.AsObject().Should().NotContainKey("flag");
    }

    [Test]
    public async Task A_default_comes_back_when_its_field_is_taken_away()
    {
        await SpecAsync("again", """ "size": 1, "given": "x" """);

        (await things.PatchAsync(Key("again"), Merge("""{ "spec": { "given": null } }"""), Stop)).Text("spec.given").Should().Be("default");
    }

    [Test]
    public async Task Required_fields_are_required()
    {
        ShouldBlame(await RefusalOf(() => SpecAsync("invalid", """ "color": "red" """)), "FieldValueRequired", "spec.size");
        ShouldBlame(await RefusalOf(() => SpecAsync("invalid", """ "size": 1, "items": [ { "value": "x" } ] """)), "FieldValueRequired", "spec.items[0].name");
    }

    [TestCase("size", "\"1\"")]
    [TestCase("size", "1.5")]
    [TestCase("size", "true")]
    [TestCase("ratio", "\"x\"")]
    [TestCase("color", "1")]
    [TestCase("flag", "\"true\"")]
    [TestCase("port", "true")]
    [TestCase("list", "\"a\"")]
    [TestCase("limits", "[]")]
    [TestCase("when", "\"yesterday\"")]
    public async Task A_value_of_another_type_is_named(string field, string value)
    {
        string spec = field == "size" ? $"\"size\": {value}" : $"\"size\": 1, \"{field}\": {value}";

        ShouldBlame(await RefusalOf(() => SpecAsync("invalid", spec)), "FieldValueTypeInvalid", $"spec.{field}");
    }

    [TestCase("size", "0", "FieldValueInvalid")]
    [TestCase("size", "11", "FieldValueInvalid")]
    [TestCase("ratio", "0", "FieldValueInvalid")]
    [TestCase("step", "7", "FieldValueInvalid")]
    [TestCase("color", "\"green\"", "FieldValueNotSupported")]
    [TestCase("code", "\"ABC\"", "FieldValueInvalid")]
    [TestCase("code", "\"a\"", "FieldValueInvalid")]
    [TestCase("code", "\"abcde\"", "FieldValueTooLong")]
    [TestCase("limits", "{}", "FieldValueInvalid")]
    [TestCase("limits", "{ \"a\": 1, \"b\": 2, \"c\": 3 }", "FieldValueTooMany")]
    [TestCase("list", "[]", "FieldValueInvalid")]
    [TestCase("list", "[\"a\", \"b\", \"c\"]", "FieldValueTooMany")]
    public async Task A_value_out_of_bounds_is_named(string field, string value, string type)
    {
        string spec = field == "size" ? $"\"size\": {value}" : $"\"size\": 1, \"{field}\": {value}";

        ShouldBlame(await RefusalOf(() => SpecAsync("invalid", spec)), type, $"spec.{field}");
    }

    [Test]
    public async Task Values_in_lists_and_maps_are_named_by_their_place()
    {
        ShouldBlame(await RefusalOf(() => SpecAsync("invalid", """ "size": 1, "list": ["a", 1] """)), "FieldValueTypeInvalid", "spec.list[1]");
        ShouldBlame(await RefusalOf(() => SpecAsync("invalid", """ "size": 1, "limits": { "cpu": "x" } """)), "FieldValueTypeInvalid", "spec.limits.cpu");
    }

    [Test]
    public async Task A_set_holds_no_value_twice_and_a_map_no_key()
    {
        ShouldBlame(await RefusalOf(() => SpecAsync("invalid", """ "size": 1, "set": ["a", "b", "a"] """)), "FieldValueDuplicate", "spec.set[2]");
        ShouldBlame(await RefusalOf(() => SpecAsync("invalid", """ "size": 1, "items": [ { "name": "a" }, { "name": "a" } ] """)), "FieldValueDuplicate", "spec.items[1]");
        ShouldBlame(
            await RefusalOf(() => SpecAsync("invalid", """ "size": 1, "ports": [ { "number": 80 }, { "number": 80, "protocol": "TCP" } ] """)), "FieldValueDuplicate", "spec.ports[1]");

        await SpecAsync("distinct", """ "size": 1, "ports": [ { "number": 80 }, { "number": 80, "protocol": "UDP" } ] """);
    }

    [TestCase("{}")]
    [TestCase("""{ "a": "1", "b": "2" }""")]
    public async Task Exactly_one_alternative_fits(string either) =>
        (await RefusalOf(() => SpecAsync("invalid", $"\"size\": 1, \"either\": {either}"))).IsInvalid.Should().BeTrue();

    [Test]
    public async Task What_is_embedded_says_what_it_is()
    {
        ApiException error = await RefusalOf(() => SpecAsync("invalid", """ "size": 1, "template": { "data": { "a": "1" } } """));
        ShouldBlame(error, "FieldValueRequired", "spec.template.apiVersion");
        ShouldBlame(error, "FieldValueRequired", "spec.template.kind");

        JsonObject created = await SpecAsync("embedded", """
            "size": 1, "template": { "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a", "extra": 1 }, "data": { "a": "1" } }
            """);
        created.Text("spec.template.data.a").Should().Be("1");
        created.Text("spec.template.metadata.name").Should().Be("a");
        created.At("spec.template.metadata.extra").Should().BeNull();
    }

    [Test]
    public async Task Every_fault_is_a_cause_and_the_object_is_named_with_its_group()
    {
        ApiException error = await RefusalOf(() => SpecAsync("faults", """ "size": 0, "color": "green", "flag": 1 """));

        error.Causes.Select(static cause => cause.Field).Should().Contain(["spec.size", "spec.color", "spec.flag"]);
        error.Message.Should().StartWith($"Thing.{Group} \"faults\" is invalid: ");
        error.Status.Details!.Group.Should().Be(Group);
        error.Status.Details.Kind.Should().Be("Thing");
    }

    [Test]
    public async Task Updates_are_validated_pruned_and_defaulted_too()
    {
        JsonObject created = await SpecAsync("updated", "\"size\": 1");

        ShouldBlame(await RefusalOf(() => things.PatchAsync(Key("updated"), Merge("""{ "spec": { "size": 99 } }"""), Stop)), "FieldValueInvalid", "spec.size");
        JsonObject patched = await things.PatchAsync(Key("updated"), Merge("""{ "spec": { "size": 2, "extra": 1 } }"""), Stop);
        patched.At("spec.extra").Should().BeNull();
        patched.Text("spec.color").Should().Be("red");

        patched["spec"] = JsonReading.Parse("""{ "size": 3, "extra": 1 }""");
        JsonObject replaced = await things.ReplaceAsync(patched, Stop);
        replaced.Text("spec.given").Should().Be("default");
        replaced.At("spec.extra").Should().BeNull();
        replaced.Uid().Should().Be(created.Uid());
    }

    [Test]
    public async Task A_patch_that_only_sets_unknown_fields_changes_nothing()
    {
        JsonObject created = await SpecAsync("unchanged", "\"size\": 1");

        (await things.PatchAsync(Key("unchanged"), Merge("""{ "spec": { "extra": 1 } }"""), Stop)).Version().Should().Be(created.Version());
    }

    [Test]
    public async Task Lists_with_keys_are_applied_item_by_item()
    {
        await ApplyAsync("keyed", "one", """ "size": 1, "items": [ { "name": "a", "value": "1" }, { "name": "b", "value": "1" } ] """);
        await ApplyAsync("keyed", "two", """ "items": [ { "name": "c", "value": "2" } ] """);

        JsonObject after = await ApplyAsync("keyed", "one", """ "size": 1, "items": [ { "name": "a", "value": "3" } ] """);

        after.At("spec.items")!.AsArray().Select(static item => $"{item.Text("name")}={item.Text("value")}").Should().BeEquivalentTo("a=3", "c=2");
    }

    [Test]
    public async Task A_conflict_in_a_keyed_list_names_the_item()
    {
        await ApplyAsync("named", "one", """ "size": 1, "items": [ { "name": "a", "value": "1" } ] """);

        ApiException error = await RefusalOf(() => ApplyAsync("named", "two", """ "items": [ { "name": "a", "value": "2" } ] """));

        error.IsConflict.Should().BeTrue();
        error.Causes.Should().ContainSingle().Which.Field.Should().Be(".spec.items[name=\"a\"].value");
    }

    [Test]
    public async Task A_list_may_have_several_keys()
    {
        await ApplyAsync("keys", "one", """ "size": 1, "ports": [ { "number": 80, "protocol": "TCP", "name": "a" } ] """);

        JsonObject after = await ApplyAsync("keys", "two", """ "ports": [ { "number": 80, "protocol": "UDP", "name": "b" } ] """);

        after.At("spec.ports")!.AsArray().Select(static item => item.Text("name")).Should().BeEquivalentTo("a", "b");
    }

    [Test]
    public async Task Values_of_sets_are_owned_one_by_one()
    {
        await ApplyAsync("sets", "one", """ "size": 1, "set": ["a", "b"] """);
        await ApplyAsync("sets", "two", """ "set": ["c"] """);

        (await ApplyAsync("sets", "one", """ "size": 1, "set": ["a"] """)).Texts("spec.set").Should().BeEquivalentTo("a", "c");
    }

    [Test]
    public async Task Other_lists_and_atomic_maps_are_owned_whole()
    {
        await ApplyAsync("atomic", "one", """ "size": 1, "list": ["a"], "whole": { "a": "1" } """);

        ApiException error = await RefusalOf(() => ApplyAsync("atomic", "two", """ "list": ["b"], "whole": { "b": "2" } """));
        error.Causes.Select(static cause => cause.Field).Should().BeEquivalentTo(".spec.list", ".spec.whole");

        JsonObject after = await ApplyAsync("atomic", "two", """ "list": ["b"], "whole": { "b": "2" } """, force: true);
        after.Texts("spec.list").Should().Equal("b");
        after.Compact("spec.whole").Should().Be("""{"b":"2"}""");
    }

    private Task<JsonObject> SpecAsync(string name, string spec) => things.CreateAsync(Named(name, $$""" "spec": { {{spec}} } """), Stop);

    private Task<JsonObject> ApplyAsync(string name, string manager, string spec, bool force = false)
    {
        JsonObject body = Named(name, $$""" "apiVersion": "{{Group}}/v1", "kind": "Thing", "spec": { {{spec}} } """);
        return things.PatchAsync(Key(name), Patch.Apply(body, manager, force), Stop);
    }
}
