using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Core.Sync;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Tests.Core.Sync;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Scenarios;

/// <summary>Many pools, many requests, large clusters, and other controllers that write all the time.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
public sealed class ScaleAndFairness
{
    [Test]
    public void Scenario_83_Many_pools_at_once_are_independent_of_each_other() => BothBuilders.Run(static builder =>
    {
        Play(3);
        Play(50);

        void Play(int count)
        {
            using var world = new BuildWorld(builder: builder);
            string[] pools = [.. Enumerable.Range(0, count).Select(static i => $"pool-{i:00}")];
            for (int i = 0; i < count; i++)
            {
                string config = $"rendered-{pools[i]}-{i:x32}";
                world.CreateMachineConfig(config);
                world.CreatePool(pools[i], config, isLayered: true);
            }

            UseSharedLegacySecret(world, "Zmlyc3Q6Zmlyc3Q=");
            world.StartController().SetFault(async (_, request, next) =>
            {
                if (request.Verb != "watch")
                    await Task.Delay(TimeSpan.FromMilliseconds(10), world.World.Time);

                return await next();
            });
            world.Pass(TimeSpan.FromMinutes(3));
            string?[] before = [.. pools.Select(pool => world.Image(pool))];
            before.Should().NotContainNulls().And.OnlyHaveUniqueItems();

            // All at once, with another content of the secret that they share, and one that fails.
            UseSharedLegacySecret(world, "c2Vjb25kOnNlY29uZA==");
            world.SetInput(InputNames.CustomContainerfile, pools[1], "FROM configs AS final\nRUN false\n");
            foreach (string pool in pools)
                world.Request("1", pool);

            world.Pass(TimeSpan.FromMinutes(3));

            for (int i = 0; i < count; i++)
            {
                if (i == 1)
                    world.ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, before[i], pools[i]);
                else
                    world.ShouldBeOk(before[i], pools[i]);
            }

            world.Invariants.Builds.Should().HaveCount(2 * count).And.OnlyHaveUniqueItems(static build => build.Uid);
            pools.Select(pool => world.Image(pool)).Should().OnlyHaveUniqueItems("digests are not mixed up");
            Secret copy = world.Find(Resources.Secrets, new ObjectKey(BuildWorld.Namespace, "shared-canonical"))!;
            Encoding.UTF8.GetString(copy.Data[".dockerconfigjson"]).Should().Contain("c2Vjb25kOnNlY29uZA==");
            world.ShouldRest();
        }
    });

    [Test]
    public void Scenario_84_Two_pools_with_the_same_inputs_push_under_different_tags_and_keep_their_digests() => BothBuilders.Run(static builder =>
    {
        using var world = new BuildWorld(builder: builder);
        var published = new Dictionary<string, string>();
        world.Kubelet.AddReactor((request, next, _) =>
        {
            if (DigestIn(request) is { } digest)
                published[request.Key.Name[(request.Key.Name.IndexOf('-', StringComparison.Ordinal) + 1)..]] = digest;

            return next();
        });
        foreach (string pool in (string[])[BuildWorld.Worker, BuildWorld.Master])
            world.SetInput(InputNames.CustomContainerfile, pool, "FROM configs AS final\nRUN the same\n").OptIn(pool);

        world.StartController();
        world.Until("two builds at once", () => world.BuildsOf().Count(static build => build.Phase == "Running") == 2);
        string config = BuildWorld.ConfigA, masters = world.Pool(BuildWorld.Master)!.Spec.Configuration!.Name;
        world.PullspecOfBuild().Should().Be($"{BuildWorld.Repository}:{config}");
        world.PullspecOfBuild(BuildWorld.Master).Should().Be($"{BuildWorld.Repository}:{masters}");
        world.UntilBuilt().UntilBuilt(BuildWorld.Master);

        world.ShouldBeOk();
        world.ShouldBeOk(pool: BuildWorld.Master);
        world.Image().Should().Be($"{BuildWorld.Repository}@{published[config]}");
        world.Image(BuildWorld.Master).Should().Be($"{BuildWorld.Repository}@{published[masters]}");
        world.Image().Should().NotBe(world.Image(BuildWorld.Master));
        world.Builds().Should().Be(1);
        world.Builds(BuildWorld.Master).Should().Be(1);
        world.ShouldRest();
    });

    [Test]
    public void Scenario_85_A_hundred_requests_within_a_second_are_one_or_two_builds_and_leave_nothing() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        int timers = world.Pass(TimeSpan.FromMinutes(10)).World.Time.ActiveTimers;
        world.CountFromHere();
        for (int i = 0; i < 100; i++)
        {
            world.Request($"{i}").Pass(TimeSpan.FromMilliseconds(5));
            world.Withdraw().Pass(TimeSpan.FromMilliseconds(5));
        }

        world.Request("last").Until("the last", () => world.State().Last?.Trigger == "last").UntilBuilt().ShouldBeOk(before);

        world.Builds().Should().BeInRange(2, 3);
        world.Requests().Count.Should().BeLessThan(150);
        world.ShouldRest();
        world.World.Time.ActiveTimers.Should().BeLessThanOrEqualTo(timers, "nothing is left waiting");
    });

    [Test]
    public void Scenario_86_A_large_cluster_costs_no_more_than_a_small_one() => BothBuilders.Run(static builder =>
    {
        (int Requests, int Items) small = Rebuild(others: 0), large = Rebuild(others: 300);
        large.Requests.Should().Be(small.Requests);
        large.Items.Should().Be(small.Items, "pods and builds of others are not even listed");

        (int Requests, int Items) Rebuild(int others)
        {
            using var world = new BuildWorld(builder: builder);
            AddOthers(world, others);
            FakeClientset client = world.Client("controller");
            int items = 0;
            client.AddReactor(async (request, next, _) =>
            {
                FakeResponse response = await next();
                if (response.List is { } list && (request.Resource.Plural is "pods" or "builds" || request.ListOptions!.LabelSelector is not null))
                    items += list.Items.Count;

                return response;
            });
            var spy = new SpyClientset(client);
            var controller = new ImageBuildController(spy, BuildWorld.Options, world.World.Runtime);
            Task run = controller.RunAsync();
            world.OptIn().UntilBuilt();
            string? before = world.Image();
            world.Request("1").UntilPhase("Running").UntilBuilt().ShouldBeOk(before);
            world.Pass(TimeSpan.FromMinutes(20));
            world.World.Run(async () =>
            {
                await controller.DisposeAsync();
                await run;
            });

            ShouldSelect(client);
            ShouldHoldMetadataOnly(spy);
            world.Builds().Should().Be(2);
            return (client.Actions.Count(static request => request.Verb != "watch"), items);
        }
    });

    [Test]
    public void Scenario_87_Others_that_write_the_pool_all_the_time_change_nothing_in_the_end() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        world.AddNeighbours().CountFromHere();

        world.Request("good").UntilPhase("Running").UntilBuilt().ShouldBeOk(before);
        world.Builds().Should().Be(2);
        world.Writes().Count.Should().BeLessThan(60);
        before = world.Image();

        world.Break().Request("bad").UntilFailed().Pass(TimeSpan.FromMinutes(3));
        world.TrueBuildConditions().Should().Equal(PoolConditionTypes.BuildFailed);
        world.IsTrue(PoolConditionTypes.ImageBuildDegraded).Should().BeTrue("Degraded is taken back by others, this is not");
        world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
        world.Annotation(PoolKeys.BuildRetries).Should().Be("1");
        world.Image().Should().Be(before);
        world.Builds().Should().Be(3);

        world.CountFromHere().Pass(TimeSpan.FromMinutes(10));
        world.Writes().Count.Should().BeLessThan(15, "Degraded is asserted again, and not as fast as it is taken back");

        world.Mend().Request("good again").UntilPhase("Running").UntilBuilt().ShouldBeOk(before);
        before = world.Image();
        world.Request("interrupted").UntilPhase("Running").Evict(world.BuilderPod()).Until("the retry", () => world.Builds() == 6);
        world.UntilBuilt().ShouldBeOk(before);
        world.Builds().Should().Be(6);

        world.Render(BuildWorld.ConfigB).Until("an image of B", () => world.State().Built == BuildWorld.ConfigB).UntilBuilt().ShouldBeOk(before);
        world.Builds().Should().Be(7);
        world.Logs.Errors.Should().BeEmpty();
    });

    private static void UseSharedLegacySecret(BuildWorld world, string auth)
    {
        byte[] content = Encoding.UTF8.GetBytes($"{{\"registry.example.com\":{{\"auth\":\"{auth}\"}}}}");
        if (world.Find(Resources.Secrets, new ObjectKey(BuildWorld.Namespace, "shared")) is not null)
        {
            BuildWorld.Do(world.Admin.Resource(Resources.Secrets).PatchAsync(
                new ObjectKey(BuildWorld.Namespace, "shared"),
                Patch.Merge(new JsonObject { ["data"] = new JsonObject { [".dockercfg"] = Convert.ToBase64String(content) } })));
            return;
        }

        BuildWorld.Do(world.Admin.Resource(Resources.Secrets).CreateAsync(new Secret
        {
            Metadata = new ObjectMeta { Name = "shared", Namespace = BuildWorld.Namespace },
            Type = "kubernetes.io/dockercfg",
            Data = new Dictionary<string, byte[]> { [".dockercfg"] = content },
        }));
        world.SetInput(InputNames.BuildConfig, InputNames.BaseImagePullSecretName, "shared").SetInput(InputNames.BuildConfig, InputNames.FinalImagePushSecretName, "shared");
    }

    /// <summary>The digest that a build publishes with a request, or null.</summary>
    private static string? DigestIn(FakeRequest request)
    {
        if (!request.IsWrite || request.Body.IsEmpty || !(request.Key.Name.StartsWith("digest-", StringComparison.Ordinal) || request.Resource.Plural == "builds"))
            return null;

        using JsonDocument body = JsonDocument.Parse(request.Body);
        if (body.RootElement.TryGetProperty("data", out JsonElement data))
            return data.GetProperty("digest").GetString()!.Trim();

        return body.RootElement.TryGetProperty("status", out JsonElement status) && status.TryGetProperty("output", out JsonElement output)
            ? output.GetProperty("to").GetProperty("imageDigest").GetString()
            : null;
    }

    /// <summary>Pods, Builds and ConfigMaps that have nothing to do with pools.</summary>
    private static void AddOthers(BuildWorld world, int count)
    {
        for (int i = 0; i < count; i++)
        {
            var metadata = new ObjectMeta { Name = $"other-{i:000}", Namespace = BuildWorld.Namespace, Labels = new Dictionary<string, string> { ["app"] = "other" } };
            BuildWorld.Do(world.Admin.Resource(Resources.Pods).CreateAsync(new Pod { Metadata = metadata, Spec = new PodSpec { Containers = [new Container { Name = "other", Image = "registry.example.com/other" }] } }));
            BuildWorld.Do(world.Admin.Resource(Resources.ConfigMaps).CreateAsync(new ConfigMap { Metadata = metadata, Data = new Dictionary<string, string> { ["other"] = new string('x', 1000) } }));
        }
    }

    private static void ShouldSelect(FakeClientset client)
    {
        client.Actions.Where(static request => request.Resource.Plural is "pods" or "builds" && request.Verb is "list" or "watch")
            .Select(static request => $"{request.Key.Namespace}: {request.ListOptions?.LabelSelector}{request.WatchOptions?.LabelSelector}")
            .Should().NotBeEmpty().And.OnlyContain(static asked => asked.StartsWith(BuildWorld.Namespace) && asked.Contains(BuildLabels.TargetPool));
        client.ActionsOf("list", "configmaps").Count(static request => request.ListOptions!.LabelSelector is null)
            .Should().Be(1, "only the cache lists all of them, once");
        client.ActionsOf("list", "secrets").Count.Should().Be(1);
        client.ActionsOf("list", "machineconfigs").Count.Should().Be(1);
    }

    private static void ShouldHoldMetadataOnly(SpyClientset spy)
    {
        SpyClientset.Use[] kept = [.. spy.Uses.Where(static use => use.Method.StartsWith("List", StringComparison.Ordinal) || use.Method.StartsWith("Watch", StringComparison.Ordinal))];
        kept.Where(static use => use.Plural is "configmaps" or "secrets" or "machineconfigs")
            .Should().NotBeEmpty().And.OnlyContain(static use => use.Form == typeof(PartialObject), "their content is read one by one, when a build needs it");
        kept.Select(static use => use.Plural).Distinct().Should().BeEquivalentTo("machineconfigpools", "pods", "builds", "configmaps", "secrets", "machineconfigs");
    }
}
