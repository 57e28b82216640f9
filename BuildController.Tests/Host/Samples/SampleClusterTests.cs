using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Core.Sync;
using BuildController.Host.Samples;
using BuildController.Host.Simulation;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Samples;

[TestFixture]
public sealed class SampleClusterTests
{
    private const string Namespace = "openshift-machine-config-operator";

    private VirtualWorld world = null!;
    private FakeClientset clientset = null!;

    [SetUp]
    public void MakeCluster()
    {
        world = new VirtualWorld();
        var cluster = new InMemoryCluster(world.Runtime);
        OpenShiftDefinitions.Register(cluster);
        clientset = new FakeClientset(cluster);
        world.Run(() => SampleCluster.CreateAsync(clientset, default));
    }

    [Test]
    public void Every_document_of_the_manifest_is_created()
    {
        clientset.Actions.Where(static action => action.Verb == "create").Should().HaveCount(11);
        Names(Resources.ConfigMaps).Should().BeEquivalentTo("on-cluster-build-config", "machine-config-osimageurl", "on-cluster-build-custom-dockerfile");
        Names(Resources.Secrets).Should().BeEquivalentTo("base-image-pull", "final-image-push");
        Names(Resources.MachineConfigPools).Should().BeEquivalentTo("master", "worker");
    }

    [Test]
    public void Pools_name_configs_that_exist()
    {
        IReadOnlyList<string> configs = Names(Resources.MachineConfigs);

        List(Resources.MachineConfigPools).Select(static pool => pool.Spec.Configuration!.Name).Should().OnlyContain(name => configs.Contains(name));
    }

    [Test]
    public void No_pool_is_opted_in_before_somebody_does()
    {
        List(Resources.MachineConfigPools).Should().OnlyContain(static pool => !pool.Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled));

        world.Run(() => SampleCluster.OptInAsync(clientset, default));

        List(Resources.MachineConfigPools).Where(static pool => pool.Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled))
            .Should().ContainSingle().Which.Metadata.Name.Should().Be(SampleCluster.Pool);
    }

    [Test]
    public void A_pool_marked_built_looks_built()
    {
        MarkBuilt();

        MachineConfigPool pool = Pool();
        pool.Metadata.Labels.Should().ContainKey(PoolKeys.LayeringEnabled);
        pool.Metadata.Annotations[PoolKeys.NewestImage].Should().Contain("@sha256:");
        pool.Status.Conditions.Should().ContainSingle().Which.Should().Match<PoolCondition>(static condition =>
            condition.Type == PoolConditionTypes.BuildSuccess && condition.Status == "True");
    }

    [Test]
    public void A_build_controller_that_comes_later_adopts_a_pool_marked_built()
    {
        MarkBuilt();
        string image = Pool().Metadata.Annotations[PoolKeys.NewestImage];
        clientset.ClearActions();

        WithController(() => world.Advance(TimeSpan.FromMinutes(10)));

        clientset.Actions.Should().NotContain(static action => action.Verb == "create" && action.Resource.Plural != "events");
        clientset.Actions.Should().NotContain(static action => action.Verb == "delete");
        Pool().Metadata.Annotations[PoolKeys.NewestImage].Should().Be(image);
        Pool().Status.Conditions.Should().Contain(static condition => condition.Type == PoolConditionTypes.BuildSuccess && condition.Status == "True");
    }

    [Test]
    public void An_adopted_pool_is_rebuilt_when_it_is_asked_for()
    {
        MarkBuilt();
        string image = Pool().Metadata.Annotations[PoolKeys.NewestImage];
        var kubelet = new SimulatedKubelet(clientset, new SimulatedKubeletOptions(), world.Runtime);
        _ = world.Runtime.Start(() => kubelet.RunAsync());

        WithController(() =>
        {
            world.Advance(TimeSpan.FromMinutes(1));
            var annotations = new JsonObject { [PoolKeys.RebuildImage] = "1" };
            var request = Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } });
            world.Run(() => clientset.Resource(Resources.MachineConfigPools).PatchAsync(new ObjectKey(SampleCluster.Pool), request));
            world.Advance(TimeSpan.FromMinutes(2));
        });
        world.Run(() => kubelet.DisposeAsync().AsTask());

        Pool().Metadata.Annotations[PoolKeys.NewestImage].Should().Contain("@sha256:").And.NotBe(image);
        Pool().Metadata.Annotations.Should().NotContainKey(PoolKeys.RebuildImage);
    }

    private void WithController(Action act)
    {
        var controller = new ImageBuildController(clientset, new ImageBuildOptions(), world.Runtime);
        _ = world.Runtime.Start(() => controller.RunAsync());
        act();
        world.Run(() => controller.DisposeAsync().AsTask());
    }

    private void MarkBuilt() => world.Run(() => SampleCluster.MarkBuiltAsync(clientset, world.Time.GetUtcNow(), default));

    private MachineConfigPool Pool() => world.Run(() => clientset.Resource(Resources.MachineConfigPools).GetAsync(new ObjectKey(SampleCluster.Pool)));

    private IReadOnlyList<T> List<T>(ResourceType<T> type)
        where T : class => world.Run(() => clientset.Resource(type).ListAsync(@namespace: null)).Items;

    private IReadOnlyList<string> Names<T>(ResourceType<T> type)
        where T : class => [.. List(type).Select(item => type.KeyOf(item)).Where(static key => key.Namespace is "" or Namespace).Select(static key => key.Name)];
}
