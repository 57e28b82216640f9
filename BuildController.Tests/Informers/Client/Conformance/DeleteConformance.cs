using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Conformance;

[TestFixtureSource(typeof(ConformanceTargets), nameof(ConformanceTargets.All))]
public sealed class DeleteConformance(ConformanceTarget target) : ClientsetConformance(target)
{
    private const string Hold = "example.com/hold";

    [Test]
    public async Task An_object_that_nothing_holds_goes()
    {
        await MapAsync("free");

        await Maps.DeleteAsync(Key("free"), null, Stop);

        (await Maps.FindAsync(Key("free"), Stop)).Should().BeNull();
    }

    [Test]
    public async Task What_is_not_there_cannot_be_deleted()
    {
        ApiException error = await RefusalOf(() => Maps.DeleteAsync(Key("nobody"), null, Stop));

        error.IsNotFound.Should().BeTrue();
        error.Message.Should().Be("configmaps \"nobody\" not found");
    }

    [Test]
    public async Task A_uid_is_a_precondition()
    {
        JsonObject created = await MapAsync("uid");

        ApiException error = await RefusalOf(() => Maps.DeleteAsync(Key("uid"), new DeleteOptions { Uid = "00000000-0000-0000-0000-000000000000" }, Stop));

        error.IsConflict.Should().BeTrue();
        error.Code.Should().Be(409);
        await Maps.DeleteAsync(Key("uid"), new DeleteOptions { Uid = created.Uid() }, Stop);
        (await Maps.FindAsync(Key("uid"), Stop)).Should().BeNull();
    }

    [Test]
    public async Task A_version_is_a_precondition()
    {
        JsonObject created = await MapAsync("version");
        JsonObject changed = await Maps.PatchAsync(Key("version"), Merge("""{ "data": { "a": "1" } }"""), Stop);

        (await RefusalOf(() => Maps.DeleteAsync(Key("version"), new DeleteOptions { ResourceVersion = created.Version() }, Stop))).IsConflict.Should().BeTrue();
        await Maps.DeleteAsync(Key("version"), new DeleteOptions { ResourceVersion = changed.Version(), Uid = changed.Uid() }, Stop);

        (await Maps.FindAsync(Key("version"), Stop)).Should().BeNull();
    }

    [Test]
    public async Task An_object_made_again_is_another_one()
    {
        JsonObject first = await MapAsync("again");
        await Maps.DeleteAsync(Key("again"), null, Stop);

        JsonObject second = await MapAsync("again");

        second.Uid().Should().NotBe(first.Uid());
        (await RefusalOf(() => Maps.DeleteAsync(Key("again"), new DeleteOptions { Uid = first.Uid() }, Stop))).IsConflict.Should().BeTrue();
    }

    [Test]
    public async Task A_finalizer_holds_an_object_until_it_is_taken_away()
    {
        await HeldAsync("held");

        await Maps.DeleteAsync(Key("held"), null, Stop);

        JsonObject waiting = await Maps.GetAsync(Key("held"), Stop);
        waiting.At("metadata.deletionTimestamp").Should().NotBeNull();
        waiting.Text("metadata.deletionGracePeriodSeconds").Should().Be("0");

        await ReleaseAsync("held");
        (await Maps.FindAsync(Key("held"), Stop)).Should().BeNull();
    }

    [Test]
    public async Task The_last_of_several_finalizers_lets_go()
    {
        await MapAsync("several", metadata: """ "finalizers": ["example.com/a", "example.com/b"] """);
        await Maps.DeleteAsync(Key("several"), null, Stop);

        await Maps.PatchAsync(Key("several"), Merge("""{ "metadata": { "finalizers": ["example.com/b"] } }"""), Stop);
        (await Maps.GetAsync(Key("several"), Stop)).Texts("metadata.finalizers").Should().Equal("example.com/b");

        await ReleaseAsync("several");
        (await Maps.FindAsync(Key("several"), Stop)).Should().BeNull();
    }

    [Test]
    public async Task Deleting_again_changes_nothing()
    {
        await HeldAsync("deleted");
        await Maps.DeleteAsync(Key("deleted"), null, Stop);
        JsonObject waiting = await Maps.GetAsync(Key("deleted"), Stop);

        await Maps.DeleteAsync(Key("deleted"), null, Stop);

        (await Maps.GetAsync(Key("deleted"), Stop)).Version().Should().Be(waiting.Version());
        await ReleaseAsync("deleted");
    }

    [Test]
    public async Task An_object_that_is_going_can_be_changed_but_takes_no_finalizers()
    {
        await HeldAsync("going");
        await Maps.DeleteAsync(Key("going"), null, Stop);

        (await Maps.PatchAsync(Key("going"), Merge("""{ "data": { "a": "1" } }"""), Stop)).Text("data.a").Should().Be("1");
        ShouldBlame(
            await RefusalOf(() => Maps.PatchAsync(Key("going"), Merge($$"""{ "metadata": { "finalizers": ["{{Hold}}", "example.com/more"] } }"""), Stop)),
            "FieldValueForbidden", "metadata.finalizers");

        await ReleaseAsync("going");
    }

    [Test]
    public async Task A_deletion_cannot_be_taken_back()
    {
        await HeldAsync("back");
        await Maps.DeleteAsync(Key("back"), null, Stop);

        JsonObject patched = await Maps.PatchAsync(Key("back"), Merge("""{ "metadata": { "deletionTimestamp": null, "labels": { "a": "b" } } }"""), Stop);

        patched.At("metadata.deletionTimestamp").Should().NotBeNull();
        await ReleaseAsync("back");
    }

    [Test]
    public async Task A_name_is_taken_until_its_object_has_gone()
    {
        await HeldAsync("taken");
        await Maps.DeleteAsync(Key("taken"), null, Stop);

        (await RefusalOf(() => MapAsync("taken"))).IsAlreadyExists.Should().BeTrue();

        await ReleaseAsync("taken");
        await MapAsync("taken");
    }

    [Test]
    public async Task A_deletion_in_the_foreground_waits_for_what_blocks_it()
    {
        JsonObject owner = await MapAsync("front");
        await MapAsync("behind", metadata: $$"""
            "finalizers": ["{{Hold}}"],
            "ownerReferences": [ { "apiVersion": "v1", "kind": "ConfigMap", "name": "front", "uid": "{{owner.Uid()}}", "blockOwnerDeletion": true } ]
            """);

        await Maps.DeleteAsync(Key("front"), new DeleteOptions { Propagation = DeletionPropagation.Foreground }, Stop);

        JsonObject waiting = await Maps.GetAsync(Key("front"), Stop);
        waiting.At("metadata.deletionTimestamp").Should().NotBeNull();
        waiting.Texts("metadata.finalizers").Should().Equal("foregroundDeletion");
        await ReleaseAsync("behind");
    }

    [Test]
    public async Task A_deletion_in_the_foreground_keeps_the_other_finalizers()
    {
        await HeldAsync("foreground");

        await Maps.DeleteAsync(Key("foreground"), new DeleteOptions { Propagation = DeletionPropagation.Foreground }, Stop);

        // Where there is a garbage collector, it has found nothing to wait for.
        JsonObject waiting = await Maps.GetAsync(Key("foreground"), Stop);
        waiting.Texts("metadata.finalizers").Should().Contain(Hold).And.BeSubsetOf([Hold, "foregroundDeletion"]);
    }

    [Test]
    public async Task A_deletion_that_orphans_says_so_in_a_finalizer()
    {
        await HeldAsync("orphaning");

        await Maps.DeleteAsync(Key("orphaning"), new DeleteOptions { Propagation = DeletionPropagation.Orphan }, Stop);

        JsonObject waiting = await Maps.GetAsync(Key("orphaning"), Stop);
        waiting.At("metadata.deletionTimestamp").Should().NotBeNull();
        waiting.Texts("metadata.finalizers").Should().Contain(Hold).And.BeSubsetOf([Hold, "orphan"]);
    }

    [Test]
    public async Task A_deletion_in_the_background_needs_no_finalizer()
    {
        await MapAsync("background");

        await Maps.DeleteAsync(Key("background"), new DeleteOptions { Propagation = DeletionPropagation.Background }, Stop);

        (await Maps.FindAsync(Key("background"), Stop)).Should().BeNull();
    }

    [Test]
    public async Task Two_ways_of_the_garbage_collector_do_not_go_together() =>
        ShouldBlame(
            await RefusalOf(() => MapAsync("contradiction", metadata: """ "finalizers": ["orphan", "foregroundDeletion"] """)), "FieldValueInvalid", "metadata.finalizers");

    [Test]
    public async Task A_namespace_that_is_going_takes_nothing_new()
    {
        string name = (await NewNamespaceAsync(Stop)).Name();
        IResourceClient<JsonObject> namespaces = Clientset.Resource(Kinds.Namespaces);
        var held = new ObjectKey(name, "held");
        await Maps.CreateAsync(JsonReading.Parse($$"""{ "metadata": { "name": "held", "namespace": "{{name}}", "finalizers": ["{{Hold}}"] } }"""), Stop);

        await namespaces.DeleteAsync(new ObjectKey(name), null, Stop);

        (await namespaces.GetAsync(new ObjectKey(name), Stop)).Text("status.phase").Should().Be("Terminating");
        ApiException error = await RefusalOf(() => Maps.CreateAsync(JsonReading.Parse($$"""{ "metadata": { "name": "late", "namespace": "{{name}}" } }"""), Stop));
        error.Code.Should().Be(403);
        error.Reason.Should().Be(ApiErrorReason.Forbidden);
        error.Causes.Should().Contain(static cause => cause.Type == "NamespaceTerminating");

        await Maps.DeleteIfExistsAsync(held, null, Stop);
        await Maps.PatchAsync(held, Merge("""{ "metadata": { "finalizers": null } }"""), Stop);
    }

    private Task<JsonObject> HeldAsync(string name) => MapAsync(name, metadata: $$""" "finalizers": ["{{Hold}}"] """);

    private Task<JsonObject> ReleaseAsync(string name) => Maps.PatchAsync(Key(name), Merge("""{ "metadata": { "finalizers": null } }"""), Stop);
}
