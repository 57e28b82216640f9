using System.Text.Json.Nodes;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Testing.TestCluster;

namespace BuildController.Tests.Informers.Testing;

[TestFixture]
public sealed class ClusterGarbageCollectionTests
{
    private TestCluster cluster = null!;

    [SetUp]
    public void Start() => cluster = new TestCluster();

    [Test]
    public void What_an_owner_owned_goes_with_it_all_the_way_down()
    {
        JsonObject owner = cluster.Widget("owner");
        JsonObject child = Owned("child", owner);
        Owned("grandchild", child);
        cluster.ConfigMap("stranger");

        cluster.Delete(Widgets, "owner");

        cluster.Names(CoreResources.ConfigMaps).Should().Equal("stranger");
    }

    [Test]
    public void A_deep_chain_of_owners_is_no_trouble()
    {
        JsonObject owner = cluster.Widget("owner");
        for (int i = 0; i < 2000; i++)
            owner = Owned($"c{i}", owner);

        cluster.Delete(Widgets, "owner");

        cluster.Names(CoreResources.ConfigMaps).Should().BeEmpty();
    }

    [Test]
    public void An_object_with_another_owner_stays_and_forgets_the_one_that_went()
    {
        JsonObject first = cluster.Widget("first"), second = cluster.Widget("second");
        Owned("shared", first, second);

        cluster.Delete(Widgets, "first");

        JsonObject shared = cluster.Get(CoreResources.ConfigMaps, "shared");
        shared["metadata"]!["ownerReferences"]!.AsArray().Should().ContainSingle().Which!["name"]!.ToString().Should().Be("second");

        cluster.Delete(Widgets, "second");
        cluster.Exists(CoreResources.ConfigMaps, "shared").Should().BeFalse();
    }

    [Test]
    public void An_owner_that_was_made_again_is_another_owner()
    {
        JsonObject gone = cluster.Widget("owner");
        cluster.Delete(Widgets, "owner");
        cluster.Widget("owner");

        Owned("late", gone);

        cluster.Exists(CoreResources.ConfigMaps, "late").Should().BeFalse();
    }

    [Test]
    public void An_owner_of_a_kind_that_the_server_does_not_know_keeps_its_object()
    {
        cluster.Create(CoreResources.ConfigMaps, """{ "metadata": { "name": "a", "ownerReferences": [ { "apiVersion": "other.io/v1", "kind": "Other", "name": "o", "uid": "u" } ] } }""");

        cluster.Exists(CoreResources.ConfigMaps, "a").Should().BeTrue();
    }

    [Test]
    public void Orphans_stay_without_an_owner()
    {
        JsonObject owner = cluster.Widget("owner");
        Owned("child", owner);

        cluster.Delete(Widgets, "owner", new DeleteOptions { Propagation = DeletionPropagation.Orphan });

        cluster.Exists(Widgets, "owner").Should().BeFalse();
        At(cluster.Get(CoreResources.ConfigMaps, "child"), "metadata.ownerReferences").Should().BeNull();
    }

    [Test]
    public void In_the_foreground_the_owner_goes_last()
    {
        JsonObject owner = cluster.Widget("owner");
        cluster.Create(CoreResources.ConfigMaps, With(owner, "child", "\"finalizers\": [\"example.com/hold\"],"));

        cluster.Delete(Widgets, "owner", new DeleteOptions { Propagation = DeletionPropagation.Foreground }, out bool gone);

        gone.Should().BeFalse();
        JsonObject waiting = cluster.Get(Widgets, "owner");
        waiting["metadata"]!["finalizers"]!.AsArray().Select(one => one!.ToString()).Should().Equal("foregroundDeletion");
        At(cluster.Get(CoreResources.ConfigMaps, "child"), "metadata.deletionTimestamp").Should().NotBeNull();

        cluster.Patch(CoreResources.ConfigMaps, "child", """{ "metadata": { "finalizers": null } }""");

        cluster.Exists(CoreResources.ConfigMaps, "child").Should().BeFalse();
        cluster.Exists(Widgets, "owner").Should().BeFalse();
    }

    [Test]
    public void A_cluster_scoped_owner_owns_across_namespaces()
    {
        JsonObject owner = cluster.Create(Gadgets, Named("g"));
        Owned("child", owner);
        cluster.Exists(CoreResources.ConfigMaps, "child").Should().BeTrue();

        cluster.Delete(Gadgets, "g");

        cluster.Exists(CoreResources.ConfigMaps, "child").Should().BeFalse();
    }

    private JsonObject Owned(string name, params JsonObject[] owners)
    {
        JsonObject body = Named(name);
        body["metadata"]!["ownerReferences"] = new JsonArray([.. owners.Select(Reference)]);
        return cluster.Create(CoreResources.ConfigMaps, body);
    }

    private static JsonObject With(JsonObject owner, string name, string metadata)
    {
        JsonObject body = Json($$"""{ "metadata": { {{metadata}} "name": "{{name}}" } }""");
        JsonObject reference = Reference(owner);
        reference["blockOwnerDeletion"] = true;
        body["metadata"]!["ownerReferences"] = new JsonArray(reference);
        return body;
    }

    private static JsonObject Reference(JsonObject owner) => new()
    {
        ["apiVersion"] = Text(owner, "apiVersion"),
        ["kind"] = Text(owner, "kind"),
        ["name"] = Text(owner, "metadata.name"),
        ["uid"] = Text(owner, "metadata.uid"),
    };
}
