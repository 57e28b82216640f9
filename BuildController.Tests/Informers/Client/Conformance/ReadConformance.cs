using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Conformance;

[TestFixtureSource(typeof(ConformanceTargets), nameof(ConformanceTargets.All))]
public sealed class ReadConformance(ConformanceTarget target) : ClientsetConformance(target)
{
    [Test]
    public async Task An_object_that_is_not_there_is_not_found()
    {
        ApiException error = await RefusalOf(() => Maps.GetAsync(Key("nobody"), Stop));

        error.IsNotFound.Should().BeTrue();
        error.Code.Should().Be(404);
        error.Status.Reason.Should().Be("NotFound");
        error.Status.Details!.Name.Should().Be("nobody");
        error.Status.Details.Kind.Should().Be("configmaps");
        error.Message.Should().Be("configmaps \"nobody\" not found");
    }

    [Test]
    public async Task An_object_of_a_named_group_is_missed_with_its_group()
    {
        ApiException error = await RefusalOf(() => Clientset.Resource(Kinds.Leases).GetAsync(Key("nobody"), Stop));

        error.Message.Should().Be("leases.coordination.k8s.io \"nobody\" not found");
        error.Status.Details!.Group.Should().Be("coordination.k8s.io");
    }

    [Test]
    public async Task An_object_is_found_in_its_namespace_only()
    {
        await MapAsync("here");

        (await RefusalOf(() => Maps.GetAsync(new ObjectKey("default", "here"), Stop))).IsNotFound.Should().BeTrue();
    }

    [Test]
    public async Task A_resource_that_nobody_knows_is_not_found()
    {
        IResourceClient<JsonObject> unknown = Clientset.Resource(Kinds.Of("nobody.conformance.example.com", "v1", "things", "Thing"));

        (await RefusalOf(() => unknown.GetAsync(Key("a"), Stop))).IsNotFound.Should().BeTrue();
        (await RefusalOf(() => unknown.ListAsync(Namespace, cancellationToken: Stop))).IsNotFound.Should().BeTrue();
        (await RefusalOf(() => unknown.CreateAsync(Named("a"), Stop))).IsNotFound.Should().BeTrue();
        (await RefusalOf(() => unknown.WatchAsync(Namespace, new WatchOptions(), Stop))).IsNotFound.Should().BeTrue();
        (await RefusalOf(() => unknown.DeleteAsync(Key("a"), null, Stop))).IsNotFound.Should().BeTrue();
    }

    [Test]
    public async Task A_version_that_nobody_serves_is_not_found()
    {
        IResourceClient<JsonObject> leases = Clientset.Resource(Kinds.Of("coordination.k8s.io", "v9", "leases", "Lease"));

        (await RefusalOf(() => leases.ListAsync(Namespace, cancellationToken: Stop))).IsNotFound.Should().BeTrue();
    }

    [Test]
    public async Task Metadata_can_be_read_alone()
    {
        JsonObject created = await MapAsync("metadata", """ "data": { "a": "1" } """, """ "labels": { "alone": "yes" } """);
        IResourceClient<PartialObject> client = Clientset.Resource(Kinds.ConfigMaps.MetadataOnly);

        (await client.GetAsync(Key("metadata"), Stop)).Metadata.Uid.Should().Be(created.Uid());
        ResourceList<PartialObject> list = await client.ListAsync(Namespace, new ListOptions { LabelSelector = "alone=yes" }, Stop);
        list.Items.Should().ContainSingle().Which.Metadata.Labels.Should().Contain("alone", "yes");
    }

    [Test]
    public async Task An_object_has_a_version_and_so_has_a_list_and_both_move_with_a_write()
    {
        JsonObject created = await MapAsync("moving");
        string listed = await VersionAsync(Maps);

        JsonObject changed = await Maps.PatchAsync(Key("moving"), Merge("""{ "data": { "a": "1" } }"""), Stop);

        listed.Should().NotBeEmpty();
        changed.Version().Should().NotBe(created.Version());
        (await VersionAsync(Maps)).Should().NotBe(listed);
        (await Maps.GetAsync(Key("moving"), Stop)).Version().Should().Be(changed.Version());
    }

    [Test]
    public async Task A_list_is_at_least_as_new_as_the_version_that_it_is_asked_for()
    {
        JsonObject created = await MapAsync("fresh", metadata: """ "labels": { "fresh": "yes" } """);

        (await NamesAsync(Maps, Namespace, new ListOptions { ResourceVersion = created.Version(), LabelSelector = "fresh=yes" })).Should().Equal("fresh");
    }

    [Test]
    public async Task A_version_that_is_not_reached_yet_cannot_be_listed()
    {
        long far = long.Parse(await VersionAsync(Maps), System.Globalization.CultureInfo.InvariantCulture) + 1_000_000_000;

        ApiException error = await RefusalOf(() => Maps.ListAsync(
            Namespace, new ListOptions { ResourceVersion = far.ToString(System.Globalization.CultureInfo.InvariantCulture) }, Stop));

        error.IsResourceVersionTooLarge.Should().BeTrue(error.Message);
        error.Code.Should().Be(504);
    }

    [Test]
    public async Task Any_state_at_hand_will_do_for_version_0()
    {
        ResourceList<JsonObject> list = await Maps.ListAsync(Namespace, new ListOptions { ResourceVersion = "0" }, Stop);

        list.Metadata.ResourceVersion.Should().NotBeEmpty().And.NotBe("0");
    }
}
