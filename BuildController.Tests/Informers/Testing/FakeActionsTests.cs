using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Tests.Informers.Control;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Testing;

/// <summary>What a fake tells of the calls that it got.</summary>
[TestFixture]
public sealed class FakeActionsTests
{
    private static readonly ObjectKey One = new("ns", "one");

    private FakeClientset client = null!;

    private IResourceClient<Gadget> Gadgets => client.Resource(Gadget.Resource);

    [SetUp]
    public void Start() => client = new FakeClientset(Gadget.Resource.With(Gadget.Of("one")));

    [Test]
    public async Task Writes_are_told_apart_from_reads()
    {
        await Gadgets.GetAsync(One);
        await Gadgets.CreateAsync(Gadget.Of("two"));
        await Gadgets.ListAsync("ns");
        await Gadgets.PatchStatusAsync(One, TestCluster.Merge("{}"));
        await Gadgets.DeleteAsync(One);

        client.Writes.Lines.Should().Equal("create gadgets ns/two", "patch gadgets/status ns/one", "delete gadgets ns/one");
        client.Lines.Should().Equal("get gadgets ns/one", "create gadgets ns/two", "list gadgets ns", "patch gadgets/status ns/one", "delete gadgets ns/one");
        client.ActionsOf("patch", "gadgets/status").Lines.Should().Equal("patch gadgets/status ns/one");
        client.Writes.Of("*", Gadget.Resource, "one").Should().HaveCount(2);
    }

    [Test]
    public async Task What_was_sent_is_read_as_any_type_of_the_resource()
    {
        await Gadgets.CreateAsync(Gadget.Of("two", secret: "s"));
        FakeRequest create = client.Actions[0];

        create.Object(Gadget.Resource).Spec.Secret.Should().Be("s");
        create.Object(Gadget.Resource.MetadataOnly).Metadata.Name.Should().Be("two");
        create.Invoking(static one => one.Object(Resources.ConfigMaps)).Should().Throw<InvalidOperationException>().WithMessage("'create gadgets ns/two' sent no ConfigMap*");
        create.Invoking(static one => one.PatchJson()).Should().Throw<InvalidOperationException>().WithMessage("*sent no patch: read Object.");
    }

    [Test]
    public async Task A_patch_is_read_as_json_a_list_of_operations_too()
    {
        await Gadgets.PatchAsync(One, TestCluster.Merge("""{ "spec": { "secret": "s" } }"""));
        await Gadgets.PatchAsync(One, Patch.Of(PatchKind.Json, """[{ "op": "remove", "path": "/spec/secret" }]"""u8.ToArray()));

        client.Actions[0].PatchJson()["spec"]!["secret"]!.GetValue<string>().Should().Be("s");
        client.Actions[1].PatchJson()[0]!["op"]!.GetValue<string>().Should().Be("remove");
        client.Actions[0].Invoking(static one => one.Object(Gadget.Resource)).Should().Throw<InvalidOperationException>().WithMessage("*sent no object: read PatchJson.");
    }

    [Test]
    public async Task A_name_that_the_server_is_to_make_is_not_in_the_call()
    {
        Gadget made = await Gadgets.CreateAsync(Gadget.Of(string.Empty) with { Metadata = new ObjectMeta { GenerateName = "g-", Namespace = "ns" } });

        made.Metadata.Name.Should().StartWith("g-").And.HaveLength(7);
        client.Lines.Should().Equal("create gadgets ns");
    }

    [Test]
    public async Task An_apply_goes_under_its_own_manager_and_takes_fields_only_by_force()
    {
        await Gadgets.PatchAsync(One, Apply("first", "a"));

        Func<Task> second = () => Gadgets.PatchAsync(One, Apply("second", "b"));
        (await second.Should().ThrowAsync<ApiException>()).Which.Message.Should().Be("Apply failed with 1 conflict: conflict with \"first\": .spec.secret");
        (await Gadgets.PatchAsync(One, Apply("second", "b", force: true))).Spec.Secret.Should().Be("b");

        client.Actions.Select(static one => (one.FieldManager, one.Force)).Should().Equal(("first", false), ("second", false), ("second", true));

        static Patch Apply(string manager, string secret, bool force = false) => Patch.Apply(
            TestCluster.Json($$"""{ "apiVersion": "example.com/v1", "kind": "Gadget", "metadata": { "name": "one" }, "spec": { "secret": "{{secret}}" } }"""), manager, force);
    }

    [Test]
    public async Task What_was_taken_stays_as_it_was()
    {
        await Gadgets.GetAsync(One);
        FakeActions before = client.Actions;

        await Gadgets.GetAsync(One);
        client.ClearActions();

        before.Should().ContainSingle();
        client.Actions.Should().BeEmpty();
    }
}
