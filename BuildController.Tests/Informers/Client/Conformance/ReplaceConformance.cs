using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Conformance;

[TestFixtureSource(typeof(ConformanceTargets), nameof(ConformanceTargets.All))]
public sealed class ReplaceConformance(ConformanceTarget target) : ClientsetConformance(target)
{
    [Test]
    public async Task A_replace_sets_the_whole_object_and_keeps_its_identity()
    {
        JsonObject created = await MapAsync("whole", """ "data": { "a": "1", "b": "2" } """, """ "labels": { "x": "y" } """);
        JsonObject next = Named("whole", """ "data": { "b": "3" } """, $"\"resourceVersion\": \"{created.Version()}\"");

        JsonObject replaced = await Maps.ReplaceAsync(next, Stop);

        replaced.Compact("data").Should().Be("""{"b":"3"}""");
        replaced.At("metadata.labels").Should().BeNull();
        replaced.Uid().Should().Be(created.Uid());
        replaced.Text("metadata.creationTimestamp").Should().Be(created.Text("metadata.creationTimestamp"));
        replaced.Version().Should().NotBe(created.Version());
    }

    [Test]
    public async Task Who_read_an_older_version_is_refused_and_nothing_changes()
    {
        JsonObject created = await MapAsync("stale", """ "data": { "a": "1" } """);
        await Maps.PatchAsync(Key("stale"), Merge("""{ "data": { "a": "2" } }"""), Stop);
        created["data"]!["a"] = "3";

        ApiException error = await RefusalOf(() => Maps.ReplaceAsync(created, Stop));

        error.IsConflict.Should().BeTrue();
        error.Code.Should().Be(409);
        error.Message.Should().Contain("Operation cannot be fulfilled on configmaps \"stale\": the object has been modified");
        error.Status.Details!.Name.Should().Be("stale");
        (await Maps.GetAsync(Key("stale"), Stop)).Text("data.a").Should().Be("2");
    }

    [Test]
    public async Task A_config_map_is_replaced_in_any_version_where_none_is_named()
    {
        await MapAsync("unconditional", """ "data": { "a": "1" } """);
        await Maps.PatchAsync(Key("unconditional"), Merge("""{ "data": { "a": "2" } }"""), Stop);

        (await Maps.ReplaceAsync(Named("unconditional", """ "data": { "a": "3" } """), Stop)).Text("data.a").Should().Be("3");
    }

    [Test]
    public async Task A_lease_is_replaced_only_in_the_version_that_was_read()
    {
        IResourceClient<JsonObject> leases = Clientset.Resource(Kinds.Leases);
        JsonObject created = await leases.CreateAsync(Named("lease", """ "spec": { "holderIdentity": "a", "leaseDurationSeconds": 15 } """), Stop);

        ShouldBlame(
            await RefusalOf(() => leases.ReplaceAsync(Named("lease", """ "spec": { "holderIdentity": "b" } """), Stop)), "FieldValueInvalid", "metadata.resourceVersion");

        created["spec"]!["holderIdentity"] = "b";
        (await leases.ReplaceAsync(created, Stop)).Text("spec.holderIdentity").Should().Be("b");
        (await RefusalOf(() => leases.ReplaceAsync(created, Stop))).IsConflict.Should().BeTrue();
    }

    [Test]
    public async Task Another_identity_is_a_conflict()
    {
        await MapAsync("identity");

        (await RefusalOf(() => Maps.ReplaceAsync(Named("identity", metadata: "\"uid\": \"00000000-0000-0000-0000-000000000000\""), Stop))).IsConflict.Should().BeTrue();
    }

    [Test]
    public async Task What_is_not_there_cannot_be_replaced() =>
        (await RefusalOf(() => Maps.ReplaceAsync(Named("nobody"), Stop))).IsNotFound.Should().BeTrue();

    [Test]
    public async Task A_replace_that_changes_nothing_makes_no_new_version()
    {
        await MapAsync("same", """ "data": { "a": "1" } """);
        JsonObject read = await Maps.GetAsync(Key("same"), Stop);

        (await Maps.ReplaceAsync(read, Stop)).Version().Should().Be(read.Version());
    }

    [Test]
    public async Task The_times_of_an_object_are_not_for_clients_to_change()
    {
        JsonObject created = await MapAsync("times");
        JsonObject next = Named("times", metadata: "\"creationTimestamp\": \"2001-01-01T00:00:00Z\"");

        (await Maps.ReplaceAsync(next, Stop)).Text("metadata.creationTimestamp").Should().Be(created.Text("metadata.creationTimestamp"));
        ShouldBlame(
            await RefusalOf(() => Maps.ReplaceAsync(Named("times", metadata: "\"deletionTimestamp\": \"2001-01-01T00:00:00Z\""), Stop)),
            "FieldValueInvalid", "metadata.deletionTimestamp");
    }

    [Test]
    public async Task An_immutable_config_map_keeps_its_data_and_stays_immutable()
    {
        await MapAsync("fixed", """ "data": { "a": "1" }, "immutable": true """);

        ShouldBlame(await RefusalOf(() => Maps.PatchAsync(Key("fixed"), Merge("""{ "data": { "a": "2" } }"""), Stop)), "FieldValueForbidden", "data");
        ShouldBlame(await RefusalOf(() => Maps.PatchAsync(Key("fixed"), Merge("""{ "binaryData": { "b": "AA==" } }"""), Stop)), "FieldValueForbidden", "binaryData");
        ShouldBlame(await RefusalOf(() => Maps.PatchAsync(Key("fixed"), Merge("""{ "immutable": false }"""), Stop)), "FieldValueForbidden", "immutable");
        (await Maps.PatchAsync(Key("fixed"), Merge("""{ "metadata": { "labels": { "x": "y" } } }"""), Stop)).Text("metadata.labels.x").Should().Be("y");
    }

    [Test]
    public async Task An_immutable_secret_keeps_its_data_too()
    {
        await Secrets.CreateAsync(Named("fixed", """ "stringData": { "a": "1" }, "immutable": true """), Stop);

        ShouldBlame(await RefusalOf(() => Secrets.PatchAsync(Key("fixed"), Merge("""{ "stringData": { "a": "2" } }"""), Stop)), "FieldValueForbidden", "data");
    }

    [Test]
    public async Task A_secret_s_type_does_not_change()
    {
        await Secrets.CreateAsync(Named("type", """ "type": "example.com/one" """), Stop);

        ShouldBlame(await RefusalOf(() => Secrets.PatchAsync(Key("type"), Merge("""{ "type": "example.com/two" }"""), Stop)), "FieldValueInvalid", "type");
    }

    [Test]
    public async Task A_lease_that_is_not_there_is_made_by_a_replace()
    {
        JsonObject made = await Clientset.Resource(Kinds.Leases).ReplaceAsync(Named("made", """ "spec": { "holderIdentity": "a" } """), Stop);

        made.Uid().Should().NotBeEmpty();
        made.Text("spec.holderIdentity").Should().Be("a");
    }

    [Test]
    public async Task A_lease_that_was_another_object_is_not_made_again()
    {
        IResourceClient<JsonObject> leases = Clientset.Resource(Kinds.Leases);
        JsonObject created = await leases.CreateAsync(Named("gone", """ "spec": { "holderIdentity": "a" } """), Stop);
        await leases.DeleteAsync(Key("gone"), null, Stop);

        (await RefusalOf(() => leases.ReplaceAsync(created, Stop))).IsConflict.Should().BeTrue();
        (await leases.FindAsync(Key("gone"), Stop)).Should().BeNull();
    }
}
