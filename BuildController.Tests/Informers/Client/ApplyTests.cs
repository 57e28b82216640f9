using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Tests.Docs;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client;

[TestFixture]
public sealed class ApplyTests
{
    private static readonly ObjectKey Key = new("default", "home");

    private FakeClientset cluster = null!;

    [SetUp]
    public void SetUp() => cluster = new FakeClientset(Page.Type.With(new Page { Metadata = new ObjectMeta { Name = "home", Namespace = "default", Uid = "uid-1" } }));

    [Test]
    public async Task What_is_sent_is_what_the_value_says_and_of_its_metadata_nothing_that_is_empty()
    {
        Page owner = await cluster.Resource(Page.Type).GetAsync(Key);
        var map = new ConfigMap { Metadata = new ObjectMeta { Name = "home", Namespace = "default", OwnerReferences = [OwnerReference.To(Page.Type, owner)] }, Data = { ["text"] = "Hi." } };

        ConfigMap applied = await cluster.Resource(ConfigMap.Type).ApplyAsync(map, "pages");

        applied.Data["text"].Should().Be("Hi.");
        JsonNode sent = cluster.ActionsOf("patch", "configmaps").Should().ContainSingle().Which.PatchJson();
        JsonNode.DeepEquals(sent, JsonNode.Parse("""
            {
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": { "name": "home", "namespace": "default", "ownerReferences": [{ "apiVersion": "example.com/v1", "kind": "Page", "name": "home", "uid": "uid-1", "controller": true }] },
                "data": { "text": "Hi." }
            }
            """)).Should().BeTrue("{0} was sent", sent);
    }

    [Test]
    public async Task A_field_that_is_applied_no_more_goes_and_those_of_others_stay()
    {
        IResourceClient<ConfigMap> maps = cluster.Resource(ConfigMap.Type);
        await maps.ApplyAsync(Map(("a", "1"), ("b", "2")), "pages");
        await maps.ApplyAsync(Map(("c", "3")), "others");

        ConfigMap now = await maps.ApplyAsync(Map(("b", "4")), "pages");

        now.Data.Should().BeEquivalentTo(new Dictionary<string, string> { ["b"] = "4", ["c"] = "3" });
    }

    [Test]
    public async Task A_field_of_another_manager_is_a_conflict_unless_it_is_forced()
    {
        IResourceClient<ConfigMap> maps = cluster.Resource(ConfigMap.Type);
        await maps.ApplyAsync(Map(("a", "1")), "others");

        (await FluentActions.Awaiting(() => maps.ApplyAsync(Map(("a", "2")), "pages")).Should().ThrowAsync<ApiException>()).Which.IsConflict.Should().BeTrue();

        (await maps.ApplyAsync(Map(("a", "2")), "pages", force: true)).Data["a"].Should().Be("2");
    }

    [Test]
    public void What_no_server_gave_a_uid_owns_nothing()
    {
        FluentActions.Invoking(() => OwnerReference.To(Page.Type, new Page { Metadata = new ObjectMeta { Name = "home", Namespace = "default" } }))
            .Should().Throw<ArgumentException>().WithMessage("Page default/home has no UID*");
        OwnerReference.To(Page.Type, new Page { Metadata = new ObjectMeta { Name = "home", Uid = "u" } }, isController: false).Controller.Should().BeNull();
    }

    private static ConfigMap Map(params (string Key, string Value)[] data) => new()
    {
        Metadata = new ObjectMeta { Name = "home", Namespace = "default" },
        Data = data.ToDictionary(static one => one.Key, static one => one.Value),
    };
}
