using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Conformance;

[TestFixtureSource(typeof(ConformanceTargets), nameof(ConformanceTargets.All))]
public sealed class StatusConformance(ConformanceTarget target) : CustomResourceConformance(target)
{
    private const string Open = """ "type": "object", "x-kubernetes-preserve-unknown-fields": true """;

    private IResourceClient<JsonObject> widgets = null!;
    private IResourceClient<JsonObject> gadgets = null!;

    protected override async Task PrepareAsync()
    {
        string schema = $$""" "spec": { {{Open}} }, "status": { {{Open}} } """;
        widgets = await EstablishAsync(DefinitionOf("widgets", schema, """ "subresources": { "status": {} } """));
        gadgets = await EstablishAsync(DefinitionOf("gadgets", schema));
    }

    [Test]
    public async Task A_new_object_has_no_status_yet()
    {
        JsonObject created = await widgets.CreateAsync(Named("new", """ "spec": { "size": 1 }, "status": { "ready": true } """), Stop);

        created.ContainsKey("status").Should().BeFalse();
        created.Text("spec.size").Should().Be("1");
    }

    [Test]
    public async Task A_status_is_written_through_its_subresource_and_nothing_else_is()
    {
        await widgets.CreateAsync(Named("status", """ "spec": { "size": 1 } """), Stop);

        JsonObject patched = await widgets.PatchStatusAsync(
            Key("status"), Merge("""{ "spec": { "size": 2 }, "status": { "ready": true }, "metadata": { "labels": { "a": "b" } } }"""), Stop);

        patched.Text("status.ready").Should().Be("true");
        patched.Text("spec.size").Should().Be("1");
        patched.At("metadata.labels").Should().BeNull();
    }

    [Test]
    public async Task Writes_to_the_object_leave_the_status_alone()
    {
        await widgets.CreateAsync(Named("object", """ "spec": { "size": 1 } """), Stop);
        JsonObject current = await widgets.PatchStatusAsync(Key("object"), Merge("""{ "status": { "ready": true } }"""), Stop);

        JsonObject patched = await widgets.PatchAsync(Key("object"), Merge("""{ "spec": { "size": 2 }, "status": { "ready": false } }"""), Stop);
        patched.Text("spec.size").Should().Be("2");
        patched.Text("status.ready").Should().Be("true");

        current = await widgets.GetAsync(Key("object"), Stop);
        current.Remove("status");
        (await widgets.ReplaceAsync(current, Stop)).Text("status.ready").Should().Be("true");
    }

    [Test]
    public async Task The_generation_counts_what_is_wanted_and_not_what_is()
    {
        JsonObject created = await widgets.CreateAsync(Named("generation", """ "spec": { "size": 1 } """), Stop);
        created.Text("metadata.generation").Should().Be("1");

        (await widgets.PatchStatusAsync(Key("generation"), Merge("""{ "status": { "ready": true } }"""), Stop)).Text("metadata.generation").Should().Be("1");
        (await widgets.PatchAsync(Key("generation"), Merge("""{ "metadata": { "labels": { "a": "b" } } }"""), Stop)).Text("metadata.generation").Should().Be("1");
        (await widgets.PatchAsync(Key("generation"), Merge("""{ "spec": { "size": 2 } }"""), Stop)).Text("metadata.generation").Should().Be("2");
        (await widgets.PatchAsync(Key("generation"), Merge("""{ "metadata": { "generation": 9 } }"""), Stop)).Text("metadata.generation").Should().Be("2");
    }

    [Test]
    public async Task A_status_for_another_version_is_a_conflict()
    {
        JsonObject created = await widgets.CreateAsync(Named("stale"), Stop);
        Patch patch = Merge($$"""{ "metadata": { "resourceVersion": "{{created.Version()}}" }, "status": { "ready": true } }""");
        await widgets.PatchStatusAsync(Key("stale"), patch, Stop);

        Patch again = Merge($$"""{ "metadata": { "resourceVersion": "{{created.Version()}}" }, "status": { "ready": false } }""");

        (await RefusalOf(() => widgets.PatchStatusAsync(Key("stale"), again, Stop))).IsConflict.Should().BeTrue();
    }

    [Test]
    public async Task A_status_of_nothing_is_not_found() =>
        (await RefusalOf(() => widgets.PatchStatusAsync(Key("nobody"), Merge("""{ "status": { "ready": true } }"""), Stop))).IsNotFound.Should().BeTrue();

    [Test]
    public async Task Without_the_subresource_a_status_is_a_field_like_others()
    {
        JsonObject created = await gadgets.CreateAsync(Named("plain", """ "status": { "ready": false } """), Stop);

        JsonObject patched = await gadgets.PatchAsync(Key("plain"), Merge("""{ "status": { "ready": true } }"""), Stop);

        created.Text("status.ready").Should().Be("false");
        patched.Text("status.ready").Should().Be("true");
        patched.Text("metadata.generation").Should().Be("2");
        (await RefusalOf(() => gadgets.PatchStatusAsync(Key("plain"), Merge("""{ "status": { "ready": false } }"""), Stop))).IsNotFound.Should().BeTrue();
    }

    [Test]
    public async Task A_status_is_applied_by_its_subresource_only()
    {
        JsonObject body = Named("applied", """ "spec": { "size": 1 }, "status": { "ready": true } """);
        body["apiVersion"] = $"{Group}/v1";
        body["kind"] = "Widget";

        JsonObject first = await widgets.PatchAsync(Key("applied"), Patch.Apply((JsonObject)body.DeepClone(), "one"), Stop);
        first.ContainsKey("status").Should().BeFalse();

        body.Remove("spec");
        JsonObject second = await widgets.PatchStatusAsync(Key("applied"), Patch.Apply(body, "one"), Stop);
        second.Text("status.ready").Should().Be("true");
        second.Text("spec.size").Should().Be("1");
        second["metadata"]!["managedFields"]!.AsArray().Should().Contain(static entry => entry.Text("subresource") == "status");
    }

    [Test]
    public async Task A_change_of_the_status_is_watched_as_any_other()
    {
        string version = await VersionAsync(widgets);
        await widgets.CreateAsync(Named("watched", metadata: """ "labels": { "suite": "watched" } """), Stop);
        await widgets.PatchStatusAsync(Key("watched"), Merge("""{ "status": { "ready": true } }"""), Stop);

        await using var events = new EventReader(await WatchAsync(widgets, version, "suite=watched"), Stop);

        (await events.NextAsync())!.Value.Object!.ContainsKey("status").Should().BeFalse();
        (await events.NextAsync())!.Value.Object!.Text("status.ready").Should().Be("true");
    }

    [Test]
    public async Task A_custom_resource_is_replaced_only_in_the_version_that_was_read()
    {
        JsonObject created = await gadgets.CreateAsync(Named("versioned", """ "spec": { "size": 1 } """), Stop);

        ShouldBlame(await RefusalOf(() => gadgets.ReplaceAsync(Named("versioned", """ "spec": { "size": 2 } """), Stop)), "FieldValueInvalid", "metadata.resourceVersion");

        created["spec"]!["size"] = 2;
        JsonObject replaced = await gadgets.ReplaceAsync(created, Stop);
        replaced.Text("spec.size").Should().Be("2");
        (await RefusalOf(() => gadgets.ReplaceAsync(created, Stop))).IsConflict.Should().BeTrue();
    }

    [Test]
    public async Task A_custom_resource_takes_no_strategic_merge()
    {
        await gadgets.CreateAsync(Named("strategic"), Stop);

        ApiException error = await RefusalOf(() => gadgets.PatchAsync(Key("strategic"), Of(PatchKind.StrategicMerge, "{}"), Stop));

        error.Code.Should().Be(415);
        error.Reason.Should().Be(ApiErrorReason.UnsupportedMediaType);
    }

    [Test]
    public async Task A_custom_resource_has_no_fields_to_select_by_but_its_name()
    {
        await gadgets.CreateAsync(Named("selected"), Stop);

        (await NamesAsync(gadgets, Namespace, new ListOptions { FieldSelector = "metadata.name=selected" })).Should().Equal("selected");
        (await RefusalOf(() => gadgets.ListAsync(Namespace, new ListOptions { FieldSelector = "spec.size=1" }, Stop))).Code.Should().Be(400);
    }

    [Test]
    public async Task A_deletion_counts_as_a_change_of_what_is_wanted()
    {
        await gadgets.CreateAsync(Named("deleted", metadata: """ "finalizers": ["example.com/hold"] """), Stop);

        await gadgets.DeleteAsync(Key("deleted"), null, Stop);

        (await gadgets.GetAsync(Key("deleted"), Stop)).Text("metadata.generation").Should().Be("2");
    }
}
