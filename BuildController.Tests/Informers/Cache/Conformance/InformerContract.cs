using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Cache.Conformance;

/// <summary>
/// What an informer does over any clientset. A test waits for events only: in virtual time for the fake, in real time over
/// sockets.
/// </summary>
public abstract class InformerContract
{
    private static readonly ResourceType<PartialObject> Maps =
        ResourceType.MetadataOnly(new GroupVersionResource(string.Empty, "v1", "configmaps"), "ConfigMap", ResourceScope.Namespaced);

    protected abstract IClientset Clientset { get; }

    protected abstract InMemoryCluster Cluster { get; }

    protected abstract OperatorRuntime Runtime { get; }

    private IResourceClient<PartialObject> Client => Clientset.Resource(Maps);

    protected abstract Task RunAsync(Func<CancellationToken, Task> test);

    [Test]
    public Task What_is_there_is_told_first_and_then_every_change_in_order() => WithInformerAsync(null, async (informer, stop) =>
    {
        await using IAsyncEnumerator<InformerChange<PartialObject>> changes = informer.ChangesAsync(null, stop).GetAsyncEnumerator(stop);
        (await NextAsync(changes, 3)).Should().BeEquivalentTo("Added a/one", "Added b/two", "Synced ").And.HaveElementAt(2, "Synced ");

        await Client.CreateAsync(Map("a", "three"), stop);
        await LabelAsync("a", "one", "x", "y", stop);
        await Client.DeleteAsync(new ObjectKey("b", "two"), null, stop);

        (await NextAsync(changes, 3)).Should().Equal("Added a/three", "Updated a/one", "Deleted b/two");
        informer.Indexer.List().Select(map => map.ToString()).Should().BeEquivalentTo("a/one", "a/three");
    });

    [Test]
    public Task Who_has_written_reads_its_write_after_waiting_for_it() => WithInformerAsync(null, async (informer, stop) =>
    {
        PartialObject created = await Client.CreateAsync(Map("a", "mine"), stop);
        await informer.WaitForAsync(created, stop);
        informer.Indexer.Find(new ObjectKey("a", "mine")).Should().NotBeNull();

        PartialObject changed = await LabelAsync("a", "mine", "x", "y", stop);
        await informer.WaitForAsync(changed.Metadata.ResourceVersion!, stop);
        informer.Indexer.Find(new ObjectKey("a", "mine"))!.Metadata.Labels.Should().Contain("x", "y");

        await Client.DeleteAsync(new ObjectKey("a", "mine"), null, stop);
        await informer.WaitForDeletionAsync(changed, stop);
        informer.Indexer.Find(new ObjectKey("a", "mine")).Should().BeNull();
    });

    [Test]
    public Task An_object_that_is_no_longer_selected_goes_and_one_that_is_comes() =>
        WithInformerAsync(new InformerOptions<PartialObject> { LabelSelector = LabelSelector.Parse("keep=yes") }, async (informer, stop) =>
        {
            await using IAsyncEnumerator<InformerChange<PartialObject>> changes = informer.ChangesAsync(null, stop).GetAsyncEnumerator(stop);
            (await NextAsync(changes, 1)).Should().Equal("Synced ");

            await LabelAsync("a", "one", "keep", "yes", stop);
            (await NextAsync(changes, 1)).Should().Equal("Added a/one");
            await LabelAsync("a", "one", "keep", "no", stop);

            (await NextAsync(changes, 1)).Should().Equal("Deleted a/one");
            informer.Indexer.Count.Should().Be(0);
        });

    [Test]
    public Task Several_namespaces_are_one_store_and_no_others_come_into_it() =>
        WithInformerAsync(new InformerOptions<PartialObject> { Namespaces = ["a", "b"] }, async (informer, stop) =>
        {
            await Client.CreateAsync(Map("c", "other"), stop);
            PartialObject mine = await Client.CreateAsync(Map("b", "mine"), stop);
            await informer.WaitForAsync(mine, stop);

            informer.Indexer.List().Select(map => map.ToString()).Should().BeEquivalentTo("a/one", "b/two", "b/mine");
            informer.HealthByNamespace.Values.Should().OnlyContain(health => health.HasSynced && health.LastError == null);
        });

    [Test]
    public Task A_late_handler_is_told_of_the_store_and_a_removed_one_of_nothing() => WithInformerAsync(null, async (informer, stop) =>
    {
        var told = new List<string>();
        IHandlerRegistration late = informer.AddHandler(ResourceEventHandler.Create<PartialObject>(added => told.Add($"{added.Object} {added.IsInitialList}")));
        await late.WaitForSyncAsync(stop);
        told.Should().BeEquivalentTo("a/one True", "b/two True");
        await late.DisposeAsync();

        PartialObject created = await Client.CreateAsync(Map("a", "three"), stop);
        await informer.WaitForAsync(created, stop);

        told.Should().HaveCount(2);
    });

    [Test]
    public Task An_object_created_again_is_told_as_deleted_and_added() => WithInformerAsync(null, async (informer, stop) =>
    {
        await using IAsyncEnumerator<InformerChange<PartialObject>> changes = informer
            .ChangesAsync(new HandlerOptions { Delivery = HandlerDelivery.CoalescedByKey }, stop).GetAsyncEnumerator(stop);
        await NextAsync(changes, 3);

        await Client.DeleteAsync(new ObjectKey("a", "one"), null, stop);
        PartialObject again = await Client.CreateAsync(Map("a", "one"), stop);
        await informer.WaitForAsync(again, stop);

        (await NextAsync(changes, 2)).Should().Equal("Deleted a/one", "Added a/one");
    });

    [Test]
    public Task A_lease_given_back_ends_the_enumerations_and_leaves_the_store_readable() => RunAsync(async stop =>
    {
        Seed();
        await using var factory = new SharedInformerFactory(Clientset, null, Runtime);
        IInformerLease<PartialObject> lease = factory.Lease(Maps);
        factory.Start();
        await factory.WaitForSyncAsync(null, stop);
        await using IAsyncEnumerator<InformerChange<PartialObject>> changes = lease.Informer.ChangesAsync(null, stop).GetAsyncEnumerator(stop);
        await NextAsync(changes, 3);

        await lease.DisposeAsync();

        (await changes.MoveNextAsync()).Should().BeFalse();
        lease.Informer.Indexer.Count.Should().Be(2);
        factory.Informers.Should().BeEmpty();
    });

    private Task WithInformerAsync(InformerOptions<PartialObject>? options, Func<ISharedInformer<PartialObject>, CancellationToken, Task> test) => RunAsync(async stop =>
    {
        Seed();
        await using var factory = new SharedInformerFactory(Clientset, null, Runtime);
        ISharedInformer<PartialObject> informer = factory.For(Maps, options);
        factory.Start();
        await factory.WaitForSyncAsync(null, stop);
        await test(informer, stop);
    });

    private void Seed()
    {
        var seeds = new FakeClientset(Cluster);
        seeds.Seed(Maps, Map("a", "one"), Map("b", "two"), Map("c", "three"));
        Cluster.Delete(CoreResources.ConfigMaps, new ObjectKey("c", "three"), new DeleteOptions(), out _);
    }

    private static PartialObject Map(string @namespace, string name) => new(new ObjectMeta { Namespace = @namespace, Name = name });

    private Task<PartialObject> LabelAsync(string @namespace, string name, string label, string value, CancellationToken stop) =>
        Client.PatchAsync(
            new ObjectKey(@namespace, name),
            Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { [label] = value } } }),
            stop);

    private static async Task<List<string>> NextAsync(IAsyncEnumerator<InformerChange<PartialObject>> changes, int count)
    {
        var read = new List<string>();
        while (read.Count < count && await changes.MoveNextAsync())
            read.Add(changes.Current.ToString());

        return read;
    }
}
