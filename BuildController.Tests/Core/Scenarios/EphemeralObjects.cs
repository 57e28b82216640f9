using System.Text.Json.Nodes;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Core.Sync;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Tests.Core.Sync;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Scenarios;

/// <summary>The objects of a build are missing, stale, somebody else's, or do not go.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
public sealed class EphemeralObjects
{
    private const string MachineConfigMap = $"mc-{BuildWorld.ConfigA}";
    private const string ContainerfileMap = $"dockerfile-{BuildWorld.ConfigA}";
    private const string DigestMap = $"digest-{BuildWorld.ConfigA}";
    private const string BuildName = $"build-{BuildWorld.ConfigA}";

    private static readonly Dictionary<string, string> Stale = new()
    {
        ["machineconfig.json.gz"] = "stale", ["Dockerfile"] = "FROM stale\nRUN false\n", ["digest"] = "sha256:" + new string('f', 64),
    };

    private static readonly DeleteOptions AtOnce = new() { GracePeriod = TimeSpan.Zero };

    [Test]
    public void Scenario_35_What_is_missing_already_keeps_no_rebuild_from_going_on() => BothBuilders.Run(static builder =>
    {
        string[][] missing = [[MachineConfigMap], [ContainerfileMap], [BuildName], [MachineConfigMap, ContainerfileMap, BuildName]];
        foreach (string[] names in missing)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Break().Request("1").UntilFailed();
            DeleteEach(world, names);
            world.Pass(TimeSpan.FromMinutes(1)).ShouldSayFailed(FailureReason.BuildFailed, retries: 1, before);

            world.Mend().Request("2").UntilBuilt();

            world.ShouldBeOk(before);
            world.Builds().Should().Be(3);
            world.ShouldRest();
        }

        GoesUnderOurHands(builder);
        if (builder == ImageBuilderType.CustomPodBuilder)
            DigestIsMissing([DigestMap], [DigestMap, MachineConfigMap, ContainerfileMap, BuildName]);
    });

    [Test]
    public void Scenario_36_What_a_crashed_attempt_left_is_never_built_from() => BothBuilders.Run(static builder =>
    {
        foreach (string? attempt in (string?[])[null, "somebody-crashed"])
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.WhileDown(world => world.CreateLeftover(MachineConfigMap, attempt: attempt, data: Stale).CreateLeftover(ContainerfileMap, attempt: attempt, data: Stale).Request("1"));
            ShouldBuildAfresh(world, before);
        }

        foreach (string late in (string[])[MachineConfigMap, ContainerfileMap])
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            bool hasCome = false;
            world.Controller.SetFault((_, request, next) =>
            {
                if (!hasCome && request.Verb == "create" && request.Key.Name == late)
                {
                    hasCome = true;
                    world.CreateLeftover(late, data: Stale);
                }

                return next();
            });
            ShouldBuildAfresh(world.Request("1"), before);
            hasCome.Should().BeTrue();
        }

        CrashesBeforeTheBuild(builder);
    });

    [Test]
    public void Scenario_37_What_is_not_ours_is_left_alone_and_named() => BothBuilders.Run(static builder =>
    {
        foreach (string name in (string[])[MachineConfigMap, ContainerfileMap, BuildName])
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            Func<string?> theirs = name == BuildName ? CreateTheirBuild(world) : CreateTheirMap(world, name);
            string? uid = theirs();

            world.Request("1").Until("the failure", () => world.IsTrue(PoolConditionTypes.BuildFailed)).ShouldRest();

            world.ShouldSayFailed(FailureReason.NameTaken, retries: 1, before);
            world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should().Contain(name);
            theirs().Should().Be(uid);
            world.Builds().Should().Be(1);

            DeleteEach(world, name);
            world.Until("their object to be gone", () => theirs() is null).Request("2").UntilBuilt();
            world.ShouldBeOk(before);
            world.Builds().Should().Be(2);
        }

        DigestIsTheirs(builder);
        BelongsToAnotherPool(builder);
    });

    [Test]
    public void Scenario_38_Leftovers_of_older_configs_go_and_other_pools_keep_theirs() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        world.SetInput(InputNames.CustomContainerfile, BuildWorld.Master, "FROM configs AS final\nRUN false\n").OptIn(BuildWorld.Master).UntilFailed(BuildWorld.Master).Pass(TimeSpan.FromMinutes(1));
        IReadOnlyList<string> kept = world.Objects(BuildWorld.Master);
        foreach (ConfigMap map in world.Maps(BuildWorld.Master))
            world.Invariants.Protect(map.Metadata.Name, () => world.Map(map.Metadata.Name)?.Metadata.ResourceVersion);

        world.WhileDown(static world =>
        {
            foreach (string config in (string[])["rendered-worker-1", "rendered-worker-2", "rendered-worker-3"])
                world.CreateLeftover($"mc-{config}").CreateLeftover($"dockerfile-{config}", attempt: "long-ago").CreateLeftover($"digest-{config}");

            world.CreateLeftover("mc-rendered-infra-1", "infra").Request("1");
        });

        world.UntilBuilt();
        world.ShouldBeOk(before);
        world.Objects("infra").Should().BeEmpty("that pool is gone");
        world.Builds().Should().Be(2);
        kept.Should().NotBeEmpty();
        world.Objects(BuildWorld.Master).Should().BeEquivalentTo(kept);
        world.ShouldRest();
    });

    [Test]
    public void Scenario_39_What_does_not_go_is_waited_for_and_named() => BothBuilders.Run(static builder =>
    {
        foreach (string name in (string[])[BuildName, MachineConfigMap])
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Break().Request("1").UntilFailed();
            SetFinalizers(world, name, new JsonArray("example.com/hold"));

            world.Mend().Request("2").ShouldWaitPatiently(requestsPerMinute: 60);
            world.Builds().Should().Be(2, "no other one is made meanwhile");
            world.Condition(PoolConditionTypes.BuildPending).Should().Match<PoolCondition>(condition =>
                condition.Status == "True" && condition.Message.Contains(name) && condition.Message.Contains("to be gone"));
            world.Annotation(PoolKeys.RebuildImage).Should().Be("2");

            SetFinalizers(world, name, finalizers: null);
            world.UntilBuilt();
            world.ShouldBeOk(before);
            world.Builds().Should().Be(3);
            world.Invariants.MostBuildsAtOnce.Should().Be(1);
            world.ShouldRest();
        }
    });

    [Test]
    public void Scenario_40_ConfigMaps_that_are_mounted_already_are_not_missed() => BothBuilders.Run(static builder =>
    {
        string[][] deleted = [[MachineConfigMap], [ContainerfileMap], [MachineConfigMap, ContainerfileMap]];
        foreach (string[] names in deleted)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();

            DeleteEach(world.Request("1").UntilPhase("Running").Pass(TimeSpan.FromSeconds(2)), names);
            world.UntilBuilt();

            world.ShouldBeOk(before);
            world.Builds().Should().Be(2);
            world.ShouldRest();
        }
    });

    [Test]
    public void Scenario_41_Only_a_digest_that_can_be_trusted_is_recorded() => BothBuilders.Run(static builder =>
    {
        string good = "sha256:" + new string('a', 64);
        foreach (string? digest in (string?[])[null, string.Empty, "sha256:short", "not a digest", $"registry.example.com/other@{good}"])
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            Action<bool> spoil = builder == ImageBuilderType.CustomPodBuilder
                ? Spoil(world, () => world.SetInput(DigestMap, "digest", digest))
                : Spoil(world, () => SetPushed(world, new JsonObject { ["output"] = new JsonObject { ["to"] = new JsonObject { ["imageDigest"] = digest } } }));
            ShouldNotBeTrusted(world, spoil);
        }

        DigestHasALineBreak(builder);
        if (builder == ImageBuilderType.CustomPodBuilder)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            ShouldNotBeTrusted(world, Spoil(world, () => world.Delete(Resources.ConfigMaps, DigestMap)));
            DigestComesLate();
        }
        else
        {
            using BuildWorld nothing = BuildWorld.WithFirstImage(builder: builder);
            ShouldNotBeTrusted(nothing, Spoil(nothing, () => SetPushed(nothing, new JsonObject { ["output"] = null })));
            using BuildWorld elsewhere = BuildWorld.WithFirstImage(builder: builder);
            ShouldNotBeTrusted(elsewhere, Spoil(elsewhere, () => SetPushed(elsewhere, new JsonObject { ["outputDockerImageReference"] = "registry.example.com/other/image:tag" })));
        }
    });

    private static void DeleteEach(BuildWorld world, params string[] names)
    {
        foreach (string name in names)
        {
            if (name != BuildName)
                world.Delete(Resources.ConfigMaps, name);
            else if (world.BuildKind == OwnedKind.Pod)
                world.Delete(Resources.Pods, name, AtOnce);
            else
                world.Delete(Resources.Builds, name);
        }
    }

    /// <summary>Each object is gone when the controller asks for its deletion.</summary>
    private static void GoesUnderOurHands(ImageBuilderType builder)
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        world.Break().Request("1").UntilFailed().Mend();
        int deletes = 0;
        world.Controller.SetFault((_, request, next) =>
        {
            if (request.Verb == "delete" && deletes++ < 3)
                DeleteEach(world, request.Key.Name);

            return next();
        });

        world.Request("2").UntilBuilt();

        deletes.Should().BeGreaterThanOrEqualTo(3);
        world.ShouldBeOk(before);
        world.Builds().Should().Be(3);
        world.ShouldRest();
    }

    private static void DigestIsMissing(params string[][] missing)
    {
        foreach (string[] names in missing)
        {
            using BuildWorld world = BuildWorld.WithFirstImage();
            string? before = world.Image();
            Action<bool> spoil = Spoil(world, () => world.SetInput(DigestMap, "digest", "spoilt"));
            world.Request("1").UntilFailedAfterSuccess();
            spoil(false);
            DeleteEach(world, names);

            world.Request("2").UntilBuilt();

            world.ShouldBeOk(before);
            world.Builds().Should().Be(3);
        }
    }

    private static void ShouldBuildAfresh(BuildWorld world, string? before)
    {
        world.UntilPhase("Running");
        world.MountedContainerfile().Should().Contain("AS configs").And.NotContain("stale");
        world.Map(MachineConfigMap)!.Data["machineconfig.json.gz"].Should().NotBe("stale");
        world.UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
        world.ShouldRest();
    }

    /// <summary>The controller dies when the Containerfile is there and the build is not, and what it was made from changes.</summary>
    private static void CrashesBeforeTheBuild(ImageBuilderType builder)
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        world.Controller.SetFault(async (_, request, next) =>
        {
            var response = await next();
            if (request.Verb == "create" && request.Key.Name == ContainerfileMap)
                world.Controller.Kill();

            return response;
        });
        world.Break().Request("1").Until("the crash", () => world.Controller.IsDead).Mend();

        world.StartController();

        ShouldBuildAfresh(world, before);
    }

    /// <summary>Tells the UID of a ConfigMap that carries no label of ours, as long as nobody touches it.</summary>
    private static Func<string?> CreateTheirMap(BuildWorld world, string name)
    {
        BuildWorld.Do(world.Admin.Resource(Resources.ConfigMaps).CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = name, Namespace = BuildWorld.Namespace }, Data = Stale }));
        string? version = world.Map(name)!.Metadata.ResourceVersion;
        return () => world.Map(name) is { } map ? $"{map.Metadata.Uid}, {(map.Metadata.ResourceVersion == version ? "untouched" : "touched")}" : null;
    }

    /// <summary>Tells the UID of a build object that carries no label of ours, and whether it is asked to go.</summary>
    private static Func<string?> CreateTheirBuild(BuildWorld world)
    {
        var metadata = new ObjectMeta { Name = BuildName, Namespace = BuildWorld.Namespace };
        var key = new ObjectKey(BuildWorld.Namespace, BuildName);
        if (world.BuildKind == OwnedKind.Pod)
        {
            BuildWorld.Do(world.Admin.Resource(Resources.Pods).CreateAsync(new Pod
            {
                Metadata = metadata,
                Spec = new PodSpec { Containers = [new Container { Name = "theirs", Image = "registry.example.com/theirs" }] },
            }));
            return () => Seen(world.Find(Resources.Pods, key)?.Metadata);
        }

        BuildWorld.Do(world.Admin.Resource(Resources.Builds).CreateAsync(new Build { Metadata = metadata }));
        return () => Seen(world.Find(Resources.Builds, key)?.Metadata);

        static string? Seen(ObjectMeta? found) => found is null ? null : $"{found.Uid}, {found.Labels.Count} labels, {(found.DeletionTimestamp is null ? "untouched" : "asked to go")}";
    }

    /// <summary>A digest of somebody else is in the way only of a build that would write over it.</summary>
    private static void DigestIsTheirs(ImageBuilderType builder)
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        Func<string?> theirs = CreateTheirMap(world, DigestMap);
        string? uid = theirs();

        world.Request("1");
        if (builder == ImageBuilderType.CustomPodBuilder)
        {
            world.Until("the failure", () => world.IsTrue(PoolConditionTypes.BuildFailed)).ShouldRest().ShouldSayFailed(FailureReason.NameTaken, retries: 1, before);
            world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should().Contain(DigestMap);
        }
        else
        {
            world.UntilBuilt().ShouldRest().ShouldBeOk(before);
        }

        theirs().Should().Be(uid);
    }

    /// <summary>Two pools with one config need the same names: who comes second is told, and the build of the first goes on.</summary>
    private static void BelongsToAnotherPool(ImageBuilderType builder)
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        world.CreatePool("twin", BuildWorld.ConfigA, isLayered: true);
        world.UntilPhase("Running", "twin").Request("1").UntilBuilt("twin").Pass(TimeSpan.FromMinutes(1));

        world.ShouldBeOk(pool: "twin");
        world.Builds("twin").Should().Be(1);
        world.ShouldSayFailed(FailureReason.NameTaken, retries: 1, before);
        world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should().Contain(MachineConfigMap);

        world.Request("2").UntilBuilt();
        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
        world.ShouldRest();
    }

    private static void SetFinalizers(BuildWorld world, string name, JsonArray? finalizers)
    {
        var change = new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = finalizers } };
        if (name == BuildName)
            world.PatchBuild(change);
        else
            BuildWorld.Do(world.Admin.Resource(Resources.ConfigMaps).PatchAsync(new ObjectKey(BuildWorld.Namespace, name), Patch.Merge(change)));
    }

    /// <summary>Spoils what a build publishes right after it has, before anybody sees it.</summary>
    /// <returns>Switches that off and on.</returns>
    private static Action<bool> Spoil(BuildWorld world, Action spoil)
    {
        bool isOn = true;
        world.Kubelet.AddReactor(async (request, next, _) =>
        {
            var response = await next();
            bool publishes = request.IsWrite && (request.Key.Name == DigestMap || (request.Key.Name == BuildName && request.Resource.Plural == "builds"));
            if (publishes && isOn)
                spoil();

            return response;
        });
        return value => isOn = value;
    }

    private static void SetPushed(BuildWorld world, JsonObject status) => world.PatchBuild(new JsonObject { ["status"] = status });

    private static void ShouldNotBeTrusted(BuildWorld world, Action<bool> spoil)
    {
        string? before = world.Image();
        world.Request("1").UntilPhase("Succeeded").Until("the failure", () => world.IsTrue(PoolConditionTypes.BuildFailed), within: TimeSpan.FromMinutes(2)).ShouldRest();

        world.ShouldSayFailed(FailureReason.DigestUnavailable, retries: 1, before);
        world.Invariants.ImagesOf(BuildWorld.Worker).Should().Equal(null, before);
        world.Objects(BuildWorld.Worker).Should().Contain($"{world.BuildKind} {BuildName}", "what failed is kept to be looked at");
        world.Builds().Should().Be(2);

        spoil(false);
        world.Request("2").UntilBuilt();
        world.ShouldBeOk(before);
    }

    private static void DigestHasALineBreak(ImageBuilderType builder)
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        _ = builder == ImageBuilderType.CustomPodBuilder
            ? Spoil(world, () => world.SetInput(DigestMap, "digest", $" {world.Map(DigestMap)!.Data["digest"].Trim()}\r\n"))
            : Spoil(world, () => SetPushed(world, new JsonObject { ["output"] = new JsonObject { ["to"] = new JsonObject { ["imageDigest"] = $"{world.OpenShiftBuilds().Single().Status.Output!.To!.ImageDigest}\n" } } }));

        world.Request("1").UntilBuilt();
        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
    }

    private static void DigestComesLate()
    {
        using BuildWorld world = BuildWorld.WithFirstImage();
        string? before = world.Image();
        ConfigMap? digest = null;
        Action<bool> spoil = Spoil(world, () =>
        {
            digest = world.Map(DigestMap);
            world.Delete(Resources.ConfigMaps, DigestMap);
        });
        world.Request("1").UntilPhase("Succeeded").Pass(TimeSpan.FromSeconds(30));
        spoil(false);

        BuildWorld.Do(world.Admin.Resource(Resources.ConfigMaps).CreateAsync(digest! with { Metadata = digest.Metadata with { Uid = null, ResourceVersion = null } }));

        world.UntilBuilt();
        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
    }
}
