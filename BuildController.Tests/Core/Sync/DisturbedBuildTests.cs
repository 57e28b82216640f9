using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

[TestFixture]
public sealed class DisturbedBuildTests
{
    private const string BuildPod = $"build-{BuildWorld.ConfigA}";
    private const string DigestMap = $"digest-{BuildWorld.ConfigA}";

    private static readonly ResourceType<UnstructuredObject> AnyPod = ResourceType.Unstructured(Resources.Pods.Resource, Resources.Pods.Kind, ResourceScope.Namespaced);
    private static readonly ResourceType<UnstructuredObject> AnyMap = ResourceType.Unstructured(Resources.ConfigMaps.Resource, Resources.ConfigMaps.Kind, ResourceScope.Namespaced);

    private BuildWorld world = null!;
    private string? before;

    [SetUp]
    public void SetUp()
    {
        world = BuildWorld.WithFirstImage();
        before = world.Image();
    }

    [TearDown]
    public void TearDown()
    {
        world.Dispose();
        world.Logs.Errors.Should().BeEmpty();
    }

    [Test]
    public void ConfigMaps_that_are_mounted_already_are_not_missed()
    {
        world.Request("1").UntilPhase("Running").Delete(Resources.ConfigMaps, $"mc-{BuildWorld.ConfigA}");

        world.UntilBuilt();

        world.ShouldBeOk(before);
    }

    [TestCase("")]
    [TestCase("sha256:short")]
    [TestCase("not a digest")]
    public void A_digest_that_cannot_be_trusted_fails_the_build_and_the_image_stays(string digest)
    {
        LetKubeletWrite(digest);

        world.Request("1").UntilFailedAfterSuccess();

        world.Image().Should().Be(before);
        world.Condition(PoolConditionTypes.BuildFailed)!.Reason.Should().Be(nameof(FailureReason.DigestUnavailable));
    }

    [Test]
    public void A_digest_that_is_gone_fails_the_build_and_the_image_stays()
    {
        world.Request("1").Until("the digest", () => world.Maps().Any(static map => map.Metadata.Name == DigestMap)).Delete(Resources.ConfigMaps, DigestMap);

        world.UntilFailedAfterSuccess();

        world.Image().Should().Be(before);
        world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
    }

    [Test]
    public void A_digest_that_comes_late_is_waited_for()
    {
        world.Request("1").Until("the digest", () => world.Maps().Any(static map => map.Metadata.Name == DigestMap));
        ConfigMap digest = world.Find(Resources.ConfigMaps, new ObjectKey(BuildWorld.Namespace, DigestMap))!;
        world.Delete(Resources.ConfigMaps, DigestMap).Pass(TimeSpan.FromSeconds(30));

        BuildWorld.Do(world.Admin.Resource(Resources.ConfigMaps).CreateAsync(digest with { Metadata = digest.Metadata with { Uid = null, ResourceVersion = null } }));

        world.UntilBuilt();
        world.ShouldBeOk(before);
    }

    [TestCase("mc")]
    [TestCase("dockerfile")]
    [TestCase("digest")]
    public void A_ConfigMap_of_somebody_else_is_not_touched_and_fails_the_build_by_name(string prefix)
    {
        string name = $"{prefix}-{BuildWorld.ConfigA}";
        CreateForeign(AnyMap, name, new JsonObject { ["data"] = new JsonObject { ["digest"] = "sha256:" + new string('f', 64) } });
        Protect(Resources.ConfigMaps.MetadataOnly, name);

        world.Request("1").UntilFailed();

        NameTakenBy(name);
    }

    [Test]
    public void A_pod_of_somebody_else_is_not_touched_and_fails_the_build_by_name()
    {
        CreateForeign(AnyPod, BuildPod, new JsonObject
        {
            ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "theirs", ["image"] = "registry.example.com/theirs" }) },
        });
        string? uid = world.Find(Resources.Pods, new ObjectKey(BuildWorld.Namespace, BuildPod))!.Metadata.Uid;

        world.Request("1").UntilFailed();

        NameTakenBy(BuildPod);
        world.Find(Resources.Pods, new ObjectKey(BuildWorld.Namespace, BuildPod))!.Metadata.Should().Match<ObjectMeta>(metadata => metadata.Uid == uid && metadata.DeletionTimestamp == null);
    }

    [Test]
    public void Leftovers_of_older_configs_and_of_pools_that_are_gone_go()
    {
        Leftover("mc-rendered-worker-old", BuildWorld.Worker);
        Leftover("mc-rendered-infra-old", "infra");

        world.Request("1").UntilPhase("Running").UntilBuilt();

        world.ShouldBeOk(before);
        world.Maps().Should().BeEmpty();
    }

    [Test]
    public void A_pod_that_does_not_go_is_waited_for_and_no_other_is_made_meanwhile()
    {
        world.Break().Request("1").UntilFailed();
        PatchPod(new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = new JsonArray("example.com/hold") } });
        world.Mend().Request("2").Pass(TimeSpan.FromMinutes(5));
        world.Pods().Should().ContainSingle().Which.Metadata.DeletionTimestamp.Should().NotBeNull();

        PatchPod(new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } });

        world.UntilBuilt();
        world.ShouldBeOk(before);
    }

    /// <summary>Spoils the digest right after the build has published it, before anybody sees it.</summary>
    [Test]
    public void A_digest_left_without_labels_is_claimed_recorded_and_cleaned_up()
    {
        world.Kubelet.AddReactor(async (request, next, _) =>
        {
            FakeResponse response = await next();
            if (request.Key.Name == DigestMap)
                await StripLabelsAsync();

            return response;
        });

        world.Request("1").UntilPhase("Running").UntilBuilt();

        world.ShouldBeOk(before);
        world.Find(Resources.ConfigMaps, new ObjectKey(BuildWorld.Namespace, DigestMap)).Should().BeNull();

        Task StripLabelsAsync()
        {
            string[] keys = [BuildLabels.BuildPod, BuildLabels.TargetPool, BuildLabels.DesiredConfig, BuildLabels.BuildAttempt];
            var none = new JsonObject(keys.Select(static key => KeyValuePair.Create<string, JsonNode?>(key, null)));
            return world.Admin.Resource(Resources.ConfigMaps).PatchAsync(
                new ObjectKey(BuildWorld.Namespace, DigestMap), Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = none } }));
        }
    }

    private void LetKubeletWrite(string digest) => world.Kubelet.AddReactor(async (request, next, _) =>
    {
        FakeResponse response = await next();
        if (request.Key.Name == DigestMap)
            world.SetInput(DigestMap, "digest", digest);

        return response;
    });

    private void NameTakenBy(string name)
    {
        world.Condition(PoolConditionTypes.BuildFailed)!.Should().Match<PoolCondition>(condition =>
            condition.Reason == nameof(FailureReason.NameTaken) && condition.Message.Contains(name));
        world.Image().Should().Be(before);
        world.Builds().Should().Be(1);
    }

    private void CreateForeign(ResourceType<UnstructuredObject> type, string name, JsonObject body)
    {
        body["apiVersion"] = "v1";
        body["kind"] = type.Kind;
        body["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = BuildWorld.Namespace };
        world.Create(type, body);
    }

    private void Leftover(string name, string pool) => BuildWorld.Do(world.Admin.Resource(Resources.ConfigMaps).CreateAsync(new ConfigMap
    {
        Metadata = new ObjectMeta
        {
            Name = name,
            Namespace = BuildWorld.Namespace,
            Labels = new Dictionary<string, string> { [BuildLabels.BuildPod] = string.Empty, [BuildLabels.TargetPool] = pool, [BuildLabels.DesiredConfig] = name[3..] },
        },
    }));

    private void Protect(ResourceType<PartialObject> type, string name) =>
        world.Invariants.Protect(name, () => world.Find(type, new ObjectKey(BuildWorld.Namespace, name))?.Metadata.ResourceVersion);

    private void PatchPod(JsonObject change) =>
        BuildWorld.Do(world.Admin.Resource(Resources.Pods).PatchAsync(new ObjectKey(BuildWorld.Namespace, BuildPod), Patch.Merge(change)));
}
