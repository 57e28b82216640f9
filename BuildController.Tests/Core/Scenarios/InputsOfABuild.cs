using System.Security.Cryptography;
using System.Text;
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

/// <summary>What an admin gives to build from: missing, malformed, too large, or unusual and yet good.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
public sealed class InputsOfABuild
{
    private const string PullSecret = "base-image-pull";
    private const string NewType = "kubernetes.io/dockerconfigjson";
    private const string NewKey = ".dockerconfigjson";
    private const string OldType = "kubernetes.io/dockercfg";
    private const string OldKey = ".dockercfg";
    private const string Hidden = "aGlkZGVuOmhpZGRlbg==";
    private const string Registries = $"{{\"registry.example.com\":{{\"auth\":\"{Hidden}\"}}}}";

    [Test]
    public void Scenario_76_Inputs_that_are_missing_are_told_exactly_touch_nothing_and_heal() => BothBuilders.Run(static builder =>
    {
        foreach (string? value in (string?[])[null, "", "  "])
        {
            Value(InputNames.BuildConfig, InputNames.BaseImagePullSecretName, value);
            Value(InputNames.BuildConfig, InputNames.FinalImagePushSecretName, value);
            Value(InputNames.BuildConfig, InputNames.FinalImagePullspec, value);
            Value(InputNames.OSImageUrl, InputNames.BaseOSContainerImage, value);
        }

        Map(InputNames.BuildConfig);
        Map(InputNames.OSImageUrl);
        RenderedConfig();
        AfterAFailure();

        void Value(string map, string key, string? value)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            string good = world.Map(map)!.Data[key];
            world.SetInput(map, key, value).Request("1");
            ShouldBeTold(world, before, $"ConfigMap {BuildWorld.Namespace}/{map} lacks a value for key {key}");
            ShouldHeal(world.SetInput(map, key, good), before);
        }

        void Map(string name)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            ConfigMap map = world.Map(name)!;
            world.Delete(Resources.ConfigMaps, name).Request("1");
            ShouldBeTold(world, before, $"ConfigMap {BuildWorld.Namespace}/{name} is missing");
            BuildWorld.Do(world.Admin.Resource(Resources.ConfigMaps).CreateAsync(map with { Metadata = new ObjectMeta { Name = name, Namespace = BuildWorld.Namespace } }));
            ShouldHeal(world, before);
        }

        void RenderedConfig()
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Delete(Resources.MachineConfigs, BuildWorld.ConfigA).Request("1");
            ShouldBeTold(world, before, $"MachineConfig {BuildWorld.ConfigA} is missing");
            world.CreateMachineConfig(BuildWorld.ConfigA);
            ShouldHeal(world, before);
        }

        void AfterAFailure()
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Break().Request("1").UntilFailed();
            string[] kept = [.. world.Objects(BuildWorld.Worker)];
            world.SetInput(InputNames.OSImageUrl, InputNames.BaseOSContainerImage, value: null).Request("2");
            world.Until("the refusal", () => world.Condition(PoolConditionTypes.BuildFailed)!.Reason == nameof(FailureReason.InvalidBuildInputs)).Pass(TimeSpan.FromMinutes(5));
            world.ShouldSayFailed(FailureReason.InvalidBuildInputs, retries: 1, before);
            world.Objects(BuildWorld.Worker).Should().Equal(kept, "nothing is cleared before there is something to build from");
            world.Builds().Should().Be(2);
        }
    });

    [Test]
    public void Scenario_77_Secrets_in_every_form_are_used_or_refused_with_the_cause_and_followed_when_they_change() => BothBuilders.Run(static builder =>
    {
        Refused(secret: null, "is missing");
        Refused(Of("Opaque", NewKey, "{\"auths\":{}}"), "is of type 'Opaque'");
        RefusedWhenRead(Of(OldType, NewKey, Registries), "must have a value for the key .dockercfg");
        RefusedWhenRead(Of(NewType, NewKey, string.Empty), "must have a value for the key .dockerconfigjson");
        RefusedWhenRead(Of(NewType, NewKey, $"{Hidden} is no JSON"), "is not JSON");
        RefusedWhenRead(Of(NewType, NewKey, $"[\"{Hidden}\"]"), "but no object");
        Refused(Of(NewType, NewKey, $"{{\"registry.example.com\":\"{Hidden}\"}}"), "has no object 'auths'");
        Refused(Of(NewType, NewKey, $"{{\"auths\":\"{Hidden}\"}}"), "'auths' in its key .dockerconfigjson is no object");

        Used(Of(NewType, NewKey, $"{{\"auths\":{Registries}}}"), mounted: PullSecret);
        Used(Of(NewType, NewKey, "{\"auths\":{}}"), mounted: PullSecret);
        Used(Of(NewType, NewKey, Registries), mounted: $"{PullSecret}-canonical", content: $"{{\"auths\":{Registries}}}");
        Used(Of(OldType, OldKey, Registries), mounted: $"{PullSecret}-canonical", content: $"{{\"auths\":{Registries}}}");
        Used(Of(OldType, OldKey, $"{{\"auths\":{Registries}}}"), mounted: $"{PullSecret}-canonical", content: $"{{\"auths\":{Registries}}}");
        OneForBothRolesThatIsRotated();
        NotThere();

        void NotThere()
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            string good = world.Map(InputNames.BuildConfig)!.Data[InputNames.FinalImagePushSecretName];
            world.SetInput(InputNames.BuildConfig, InputNames.FinalImagePushSecretName, "nowhere").Request("1");
            ShouldBeTold(world, before, "nowhere (finalImagePushSecretName) is missing");
            ShouldHeal(world.SetInput(InputNames.BuildConfig, InputNames.FinalImagePushSecretName, good), before);
        }

        void Refused(Secret? secret, string told)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            Secret good = Find(world, PullSecret)!;
            Put(world, secret).Request("1");
            ShouldBeTold(world, before, told);
            world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should().Contain($"{PullSecret} (baseImagePullSecretName)").And.NotContain(Hidden);
            ShouldHeal(Put(world, good), before);
        }

        // API servers do not take these any more; one that is there all the same is read as it is.
        void RefusedWhenRead(Secret secret, string told)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            ObjectMeta metadata = Find(world, PullSecret)!.Metadata;
            FakeReaction read = world.Controller.Clientset.On("get", Resources.Secrets, $"{BuildWorld.Namespace}/{PullSecret}").Answer(Resources.Secrets, secret with { Metadata = metadata });
            world.Request("1");
            ShouldBeTold(world, before, told);
            world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should().Contain($"{PullSecret} (baseImagePullSecretName)").And.NotContain(Hidden);
            read.Stop();
            BuildWorld.Do(world.Admin.Resource(Resources.Secrets).PatchAsync(
                new ObjectKey(BuildWorld.Namespace, PullSecret), Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["mended"] = "yes" } } })));
            ShouldHeal(world, before);
        }

        void Used(Secret secret, string mounted, string? content = null)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            Put(world, secret).Request("1").UntilPhase("Running");
            SecretsOf(world).Pull.Should().Be(mounted);
            if (content is not null)
                Content(world, mounted).Should().Be(content);

            world.UntilBuilt().ShouldBeOk(before);
            world.Builds().Should().Be(2);
        }

        void OneForBothRolesThatIsRotated()
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            Put(world, Of(OldType, OldKey, Registries));
            world.SetInput(InputNames.BuildConfig, InputNames.FinalImagePushSecretName, PullSecret).Request("1").UntilPhase("Running");
            SecretsOf(world).Should().Be(($"{PullSecret}-canonical", $"{PullSecret}-canonical"));
            world.UntilBuilt().ShouldBeOk(before);
            before = world.Image();

            string rotated = Registries.Replace(Hidden, "cm90YXRlZDpyb3RhdGVk", StringComparison.Ordinal);
            BuildWorld.Do(world.Admin.Resource(Resources.Secrets).PatchAsync(
                new ObjectKey(BuildWorld.Namespace, PullSecret),
                Patch.Merge(new JsonObject { ["data"] = new JsonObject { [OldKey] = Convert.ToBase64String(Encoding.UTF8.GetBytes(rotated)) } })));
            world.Request("2").UntilPhase("Running");
            Content(world, $"{PullSecret}-canonical").Should().Be($"{{\"auths\":{rotated}}}");
            world.UntilBuilt().ShouldBeOk(before);
            world.Map(InputNames.BuildConfig)!.Data[InputNames.BaseImagePullSecretName].Should().Be(PullSecret, "what an admin wrote is not rewritten");
        }
    });

    [Test]
    public void Scenario_78_A_secret_is_not_judged_by_its_name() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        const string Good = "my-canonical-pull", Old = "old-canonical";
        Put(world, Of(NewType, NewKey, $"{{\"auths\":{Registries}}}", Good));
        Put(world, Of(OldType, OldKey, Registries, Old));
        world.SetInput(InputNames.BuildConfig, InputNames.BaseImagePullSecretName, Good).SetInput(InputNames.BuildConfig, InputNames.FinalImagePushSecretName, Old);
        Protect(world, Good, Old);

        world.CountFromHere().Request("1").UntilPhase("Running");

        SecretsOf(world).Should().Be((Good, $"{Old}-canonical"));
        Content(world, $"{Old}-canonical").Should().Be($"{{\"auths\":{Registries}}}");
        world.UntilBuilt().ShouldBeOk(before);
        world.Writes().Where(static request => request.Resource.Plural == "secrets").Select(static request => $"{request}")
            .Should().Equal([$"create secrets {BuildWorld.Namespace}/{Old}-canonical"], "nothing but the copy is written");
        world.Builds().Should().Be(2);
    });

    [Test]
    public void Scenario_79_A_pullspec_is_tagged_with_the_config_or_refused_with_its_value() => BothBuilders.Run(static builder =>
    {
        Dictionary<string, string> accepted = new()
        {
            ["registry.example.com/openshift/os-image"] = "registry.example.com/openshift/os-image",
            ["registry.example.com/os:latest"] = "registry.example.com/os",
            ["registry.example.com:5000/os"] = "registry.example.com:5000/os",
            ["registry.example.com:5000/a/b__c/d-e:v1.2"] = "registry.example.com:5000/a/b__c/d-e",
            ["localhost/os"] = "localhost/os",
        };
        string[] refused =
        [
            $"registry.example.com/os@sha256:{new string('0', 64)}", $"registry.example.com/os:v1@sha256:{new string('0', 64)}", "registry.example.com/OS",
            "os-image", "library/os-image:v1", "https://registry.example.com/os", "registry.example.com/o s", "registry.example.com", "registry.example.com/os:", "registry.example.com:port/os",
        ];
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        foreach ((string pullspec, string repository) in accepted)
        {
            string? before = world.Image();
            world.SetInput(InputNames.BuildConfig, InputNames.FinalImagePullspec, pullspec).Request(pullspec).UntilPhase("Running");
            world.PullspecOfBuild().Should().Be($"{repository}:{BuildWorld.ConfigA}");
            world.UntilBuilt().ShouldBeOk(before, repository: repository);
        }

        string? last = world.Image();
        foreach (string pullspec in refused)
        {
            world.SetInput(InputNames.BuildConfig, InputNames.FinalImagePullspec, pullspec).Request(pullspec);
            ShouldBeTold(world, last, $"'{pullspec}'", builds: 1 + accepted.Count);
        }

        world.SetInput(InputNames.BuildConfig, InputNames.FinalImagePullspec, BuildWorld.Repository);
        ShouldHeal(world, last, builds: 2 + accepted.Count);
    });

    [Test]
    public void Scenario_80_A_machine_config_that_fits_into_no_ConfigMap_is_told_with_sizes_and_leaves_nothing() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();

        // What does not shrink when packed.
        string huge = Convert.ToBase64String(Enumerable.Range(0, 32_000).SelectMany(static i => SHA256.HashData(BitConverter.GetBytes(i))).ToArray());
        world.Delete(Resources.MachineConfigs, BuildWorld.ConfigA).CreateMachineConfig(BuildWorld.ConfigA, huge);
        world.CountFromHere().Request("1");

        ShouldBeTold(world, before, "a ConfigMap holds 1048576");
        world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should().MatchRegex("has [0-9]{7} bytes");
        world.Writes().Should().NotContain(static request => request.Verb == "create" && request.Resource.Plural != "events", "it was seen before anything was made");
        world.ShouldWaitPatiently(requestsPerMinute: 0);

        world.Delete(Resources.MachineConfigs, BuildWorld.ConfigA).CreateMachineConfig(BuildWorld.ConfigA);
        ShouldHeal(world, before);
    });

    [Test]
    public void Scenario_81_A_pool_whose_name_is_too_long_for_labels_is_told_so_and_asks_the_API_for_nothing_impossible() => BothBuilders.Run(static builder =>
    {
        TooLong("pool-with-22-character");
        TooLong(new string('p', 70));
        JustShortEnough("pool-with-21-characte");

        void TooLong(string pool)
        {
            using var world = new BuildWorld(builder: builder);
            world.StartController();
            string config = Create(world, pool);

            world.Until("the failure", () => world.IsTrue(PoolConditionTypes.BuildFailed, pool)).Pass(TimeSpan.FromMinutes(10));

            world.ShouldSayFailed(FailureReason.InvalidBuildInputs, retries: 0, image: null, pool);
            world.Condition(PoolConditionTypes.BuildFailed, pool)!.Message.Should().Contain($"'{config}'").And.Contain("labels allow 63").And.Contain("21 at most");
            world.Maps().Should().BeEmpty();
            world.Builds(pool).Should().Be(0);
            world.Writes().Should().NotContain(static request => request.Verb == "create" && request.Resource.Plural != "events");
            world.Requests().Count.Should().BeLessThan(60);
            world.ShouldRest();
        }

        void JustShortEnough(string pool)
        {
            using var world = new BuildWorld(builder: builder);
            world.StartController();
            Create(world, pool);
            world.UntilBuilt(pool).ShouldBeOk(pool: pool);
            world.Builds(pool).Should().Be(1);
        }

        static string Create(BuildWorld world, string pool)
        {
            string config = $"rendered-{pool}-{new string('0', 32)}";
            world.CreateMachineConfig(config);
            world.CreatePool(pool, config, isLayered: true);
            return config;
        }
    });

    [Test]
    public void Scenario_82_A_custom_Containerfile_goes_into_the_build_as_it_is_and_what_is_wrong_with_it_is_told() => BothBuilders.Run(static builder =>
    {
        Verbatim();
        AsLargeAsCanBe();
        NoText();
        SyntaxError();

        void Verbatim()
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string[] customs =
            [
                "FROM configs AS final\nRUN echo {{ .Pool }} {{{{ }} ${TAG} $(date) `id`\n",
                "FROM configs AS final\r\nRUN true\r\n",
                "FROM configs AS final\nRUN true",
                "FROM configs AS final\n# \0 and \u0007\n",
                "FROM configs AS final\n# żółw 亀 🐢\n",
                "\n\n  FROM configs AS final\n\t\n",
            ];
            for (int i = 0; i < customs.Length; i++)
            {
                string custom = customs[i];
                string? before = world.Image();
                world.SetInput(InputNames.CustomContainerfile, BuildWorld.Worker, custom).Request($"{i}").UntilPhase("Running");
                world.MountedContainerfile()!.EndsWith("\n" + custom, StringComparison.Ordinal).Should().BeTrue($"it ends with '{custom}'");
                world.UntilBuilt().ShouldBeOk(before);
            }

            world.Builds().Should().Be(1 + customs.Length);
        }

        void AsLargeAsCanBe()
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.SetInput(InputNames.CustomContainerfile, BuildWorld.Worker, "#").Request("small").UntilPhase("Running");
            int room = 1_048_576 - "Dockerfile".Length - world.MountedContainerfile()!.Length + 1;
            world.UntilBuilt().ShouldBeOk(before);
            before = world.Image();

            world.SetInput(InputNames.CustomContainerfile, BuildWorld.Worker, new string('#', room + 1)).Request("too large");
            ShouldBeTold(world, before, "The rendered Containerfile has 1048577 bytes, a ConfigMap holds 1048576", builds: 2);
            world.SetInput(InputNames.CustomContainerfile, BuildWorld.Worker, new string('#', room));
            ShouldHeal(world, before, builds: 3);
        }

        void NoText()
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            var key = new ObjectKey(BuildWorld.Namespace, InputNames.CustomContainerfile);
            BuildWorld.Do(world.Admin.Resource(Resources.ConfigMaps).PatchAsync(key, Patch.Merge(new JsonObject
            {
                ["data"] = null,
                ["binaryData"] = new JsonObject { [BuildWorld.Worker] = Convert.ToBase64String([0x46, 0x52, 0x4f, 0x4d, 0xff, 0xfe]) },
            })));
            world.Request("1");
            ShouldBeTold(world, before, $"Key {BuildWorld.Worker} of ConfigMap {key} is no text");
            BuildWorld.Do(world.Admin.Resource(Resources.ConfigMaps).PatchAsync(key, Patch.Merge(new JsonObject { ["binaryData"] = null })));
            ShouldHeal(world.Mend(), before);
        }

        void SyntaxError()
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.SetInput(InputNames.CustomContainerfile, BuildWorld.Worker, "FORM configs AS final\n").Request("1").UntilPhase("Running").UntilCondition(PoolConditionTypes.Building);
            world.FailBuild("Error: dockerfile parse error on line 16: unknown instruction: FORM").UntilFailed().Pass(TimeSpan.FromMinutes(2));
            world.ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, before);
            world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should().Contain("unknown instruction: FORM");
            world.Builds().Should().Be(2);
        }
    });

    private static void ShouldBeTold(BuildWorld world, string? image, string cause, int builds = 1)
    {
        world.Until($"'{cause}'", () => world.Condition(PoolConditionTypes.BuildFailed) is { IsTrue: true } failed && failed.Message.Contains(cause, StringComparison.Ordinal));
        world.Pass(TimeSpan.FromMinutes(5)).ShouldHaveFailed(FailureReason.InvalidBuildInputs, retries: 0, image, withBuild: false);
        world.EventReasons()[^1].Should().Be(nameof(PoolEventReason.InvalidBuildInputs));
        world.Builds().Should().Be(builds);
        world.Logs.Errors.Should().BeEmpty();
    }

    /// <summary>It is built by itself, and the admin need not ask again.</summary>
    private static void ShouldHeal(BuildWorld world, string? before, int builds = 2)
    {
        world.UntilBuilt().ShouldBeOk(before);
        world.Builds().Should().Be(builds);
        world.ShouldRest();
    }

    private static Secret Of(string type, string key, string content, string name = PullSecret) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = BuildWorld.Namespace },
        Type = type,
        Data = new Dictionary<string, byte[]> { [key] = Encoding.UTF8.GetBytes(content) },
    };

    private static Secret? Find(BuildWorld world, string name) => world.Find(Resources.Secrets, new ObjectKey(BuildWorld.Namespace, name));

    private static string Content(BuildWorld world, string name) => Encoding.UTF8.GetString(Find(world, name)!.Data[NewKey]);

    /// <summary>A secret takes the place of one of the same name; null takes the pull secret away.</summary>
    private static BuildWorld Put(BuildWorld world, Secret? secret)
    {
        string name = secret?.Metadata.Name ?? PullSecret;
        if (Find(world, name) is not null)
            world.Delete(Resources.Secrets, name);

        if (secret is not null)
            BuildWorld.Do(world.Admin.Resource(Resources.Secrets).CreateAsync(secret with { Metadata = new ObjectMeta { Name = name, Namespace = BuildWorld.Namespace } }));

        return world;
    }

    private static void Protect(BuildWorld world, params ReadOnlySpan<string> secrets)
    {
        foreach (string name in secrets)
            world.Invariants.Protect(name, () => Find(world, name)?.Metadata.ResourceVersion);

        world.Invariants.Protect(InputNames.BuildConfig, () => world.Map(InputNames.BuildConfig)?.Metadata.ResourceVersion);
    }

    private static Build OpenShiftBuild(BuildWorld world) => world.OpenShiftBuilds().Single();

    private static (string Pull, string Push) SecretsOf(BuildWorld world)
    {
        if (world.Builder == ImageBuilderType.OpenShiftImageBuilder)
            return (OpenShiftBuild(world).Spec.Strategy!.DockerStrategy!.PullSecret!.Name, OpenShiftBuild(world).Spec.Output!.PushSecret!.Name);

        IReadOnlyList<Volume> volumes = world.Pods(BuildWorld.Worker).Single().Spec.Volumes;
        return (volumes.Single(static volume => volume.Name == "base-image-pull-creds").Secret!.SecretName, volumes.Single(static volume => volume.Name == "final-image-push-creds").Secret!.SecretName);
    }
}
