using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Core.Sync;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

/// <summary>Inputs that only an admin can mend complete the request with the exact cause, and are built from as soon as they are mended.</summary>
[TestFixture]
public sealed class InvalidInputsTests
{
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
}
