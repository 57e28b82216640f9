using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Core.Sync;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

/// <summary>Inputs that only an admin can mend complete the request with the exact cause, and are built from as soon as they are mended.</summary>
[TestFixture]
public sealed class InvalidInputsTests
{
    private const string PullSecret = "base-image-pull";

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

    [TestCase(InputNames.BuildConfig, InputNames.BaseImagePullSecretName, null, "lacks a value for key baseImagePullSecretName")]
    [TestCase(InputNames.BuildConfig, InputNames.BaseImagePullSecretName, "", "lacks a value for key baseImagePullSecretName")]
    [TestCase(InputNames.BuildConfig, InputNames.BaseImagePullSecretName, "nowhere", "nowhere (baseImagePullSecretName) is missing")]
    [TestCase(InputNames.BuildConfig, InputNames.FinalImagePushSecretName, null, "lacks a value for key finalImagePushSecretName")]
    [TestCase(InputNames.BuildConfig, InputNames.FinalImagePushSecretName, "nowhere", "nowhere (finalImagePushSecretName) is missing")]
    [TestCase(InputNames.BuildConfig, InputNames.FinalImagePullspec, null, "lacks a value for key finalImagePullspec")]
    [TestCase(InputNames.BuildConfig, InputNames.FinalImagePullspec, "os-image", "'os-image'")]
    [TestCase(InputNames.BuildConfig, InputNames.FinalImagePullspec, "library/os-image:v1", "'library/os-image:v1'")]
    [TestCase(InputNames.BuildConfig, InputNames.FinalImagePullspec, "https://registry.example.com/os", "'https://registry.example.com/os'")]
    [TestCase(InputNames.BuildConfig, InputNames.FinalImagePullspec, "registry.example.com/OS", "'registry.example.com/OS'")]
    [TestCase(InputNames.BuildConfig, InputNames.FinalImagePullspec, "registry.example.com/o s", "'registry.example.com/o s'")]
    [TestCase(InputNames.BuildConfig, InputNames.FinalImagePullspec, "registry.example.com/os@sha256:0000000000000000000000000000000000000000000000000000000000000000", "has a digest")]
    [TestCase(InputNames.BuildConfig, InputNames.ImageBuilderType, "kaniko", "'kaniko'")]
    [TestCase(InputNames.OSImageUrl, InputNames.BaseOSContainerImage, null, "lacks a value for key baseOSContainerImage")]
    [TestCase(InputNames.OSImageUrl, InputNames.BaseOSContainerImage, " ", "lacks a value for key baseOSContainerImage")]
    public void A_value_that_cannot_be_built_from(string map, string key, string? value, string told)
    {
        string good = world.Find(Resources.ConfigMaps, new ObjectKey(BuildWorld.Namespace, map))!.Data[key];

        world.SetInput(map, key, value).Request("1");
        ShouldBeTold(told);

        world.SetInput(map, key, good);
        ShouldHeal();
    }

    [TestCase(InputNames.BuildConfig)]
    [TestCase(InputNames.OSImageUrl)]
    public void A_ConfigMap_that_is_missing(string name)
    {
        ConfigMap map = world.Find(Resources.ConfigMaps, new ObjectKey(BuildWorld.Namespace, name))!;

        world.Delete(Resources.ConfigMaps, name).Request("1");
        ShouldBeTold($"ConfigMap {BuildWorld.Namespace}/{name} is missing");

        BuildWorld.Do(world.Admin.Resource(Resources.ConfigMaps).CreateAsync(map with { Metadata = Fresh(map.Metadata) }));
        ShouldHeal();
    }

    [TestCase("Opaque", "{\"auths\":{}}", "it must be kubernetes.io/dockerconfigjson with the key")]
    [TestCase("kubernetes.io/dockerconfigjson", "{\"registry.example.com\":\"aGlkZGVuOmhpZGRlbg==\"}", "has no object 'auths'")]
    [TestCase("kubernetes.io/dockerconfigjson", "{\"auths\":\"aGlkZGVuOmhpZGRlbg==\"}", "'auths' in its key .dockerconfigjson is no object")]
    public void A_secret_that_holds_no_credentials(string type, string content, string told)
    {
        Secret good = Replace(type, content);

        world.Request("1");
        ShouldBeTold(told);
        world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should().NotContain("aGlkZGVu");

        Replace(good.Type, Encoding.UTF8.GetString(good.Data[".dockerconfigjson"]));
        ShouldHeal();
    }

    [Test]
    public void A_secret_that_is_missing()
    {
        Secret secret = world.Find(Resources.Secrets, new ObjectKey(BuildWorld.Namespace, PullSecret))!;

        world.Delete(Resources.Secrets, PullSecret).Request("1");
        ShouldBeTold($"{PullSecret} (baseImagePullSecretName) is missing");

        BuildWorld.Do(world.Admin.Resource(Resources.Secrets).CreateAsync(secret with { Metadata = Fresh(secret.Metadata) }));
        ShouldHeal();
    }

    [Test]
    public void A_machine_config_that_is_missing()
    {
        world.Delete(Resources.MachineConfigs, BuildWorld.ConfigA).Request("1");
        ShouldBeTold($"MachineConfig {BuildWorld.ConfigA} is missing");

        world.CreateMachineConfig(BuildWorld.ConfigA);
        ShouldHeal();
    }

    [Test]
    public void A_machine_config_that_fits_into_no_ConfigMap()
    {
        // What does not shrink when packed.
        string huge = Convert.ToBase64String(Enumerable.Range(0, 32_000).SelectMany(static i => SHA256.HashData(BitConverter.GetBytes(i))).ToArray());
        world.Delete(Resources.MachineConfigs, BuildWorld.ConfigA).CreateMachineConfig(BuildWorld.ConfigA, huge);
        world.Request("1");
        ShouldBeTold("a ConfigMap holds 1048576");

        world.Delete(Resources.MachineConfigs, BuildWorld.ConfigA).CreateMachineConfig(BuildWorld.ConfigA);
        ShouldHeal();
    }

    [Test]
    public void A_custom_Containerfile_that_fits_into_no_ConfigMap()
    {
        world.SetInput(InputNames.CustomContainerfile, BuildWorld.Worker, new string('#', 1_048_500)).Request("1");
        ShouldBeTold("The rendered Containerfile has");

        world.Mend();
        ShouldHeal();
    }

    [Test]
    public void A_rendered_config_whose_name_is_too_long_for_a_label()
    {
        string config = $"rendered-a-pool-with-quite-a-long-name-{new string('0', 32)}";

        world.Render(config);
        ShouldBeTold("characters, labels allow 63");

        world.Render(BuildWorld.ConfigB);
        ShouldHeal();
    }

    [Test]
    public void Two_faults_are_told_one_after_the_other()
    {
        world.SetInput(InputNames.BuildConfig, InputNames.FinalImagePullspec, "bad").SetInput(InputNames.OSImageUrl, InputNames.BaseOSContainerImage, null).Request("1");
        ShouldBeTold("'bad'");

        world.SetInput(InputNames.BuildConfig, InputNames.FinalImagePullspec, BuildWorld.Repository);
        ShouldBeTold("lacks a value for key baseOSContainerImage");

        world.SetInput(InputNames.OSImageUrl, InputNames.BaseOSContainerImage, "registry.example.com/base");
        ShouldHeal();
    }

    [Test]
    public void Invalid_inputs_while_nothing_is_asked_for_disturb_nothing()
    {
        world.SetInput(InputNames.BuildConfig, InputNames.FinalImagePullspec, "bad").Pass(TimeSpan.FromMinutes(10));

        world.ShouldBeOk();
    }

    private void ShouldBeTold(string cause)
    {
        world.Until($"'{cause}'", () => world.Condition(PoolConditionTypes.BuildFailed)?.Message.Contains(cause, StringComparison.Ordinal) is true).Pass(TimeSpan.FromMinutes(5));
        world.ShouldHaveFailed(FailureReason.InvalidBuildInputs, retries: 0, before, withBuild: false);
        world.EventReasons()[^1].Should().Be(nameof(PoolEventReason.InvalidBuildInputs));
        world.Builds().Should().Be(1);
    }

    private void ShouldHeal()
    {
        world.UntilBuilt();
        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
    }

    private static ObjectMeta Fresh(ObjectMeta metadata) => new() { Name = metadata.Name, Namespace = metadata.Namespace };

    private Secret Replace(string type, string content)
    {
        Secret old = world.Find(Resources.Secrets, new ObjectKey(BuildWorld.Namespace, PullSecret))!;
        world.Delete(Resources.Secrets, PullSecret);
        BuildWorld.Do(world.Admin.Resource(Resources.Secrets).CreateAsync(new Secret
        {
            Metadata = Fresh(old.Metadata),
            Type = type,
            Data = new Dictionary<string, byte[]> { [".dockerconfigjson"] = Encoding.UTF8.GetBytes(content) },
        }));
        return old;
    }
}
