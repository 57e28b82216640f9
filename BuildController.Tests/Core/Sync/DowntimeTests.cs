using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

/// <summary>What happens while no controller runs is found when the next one starts.</summary>
[TestFixture]
public sealed class DowntimeTests
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
    public void A_request_is_served()
    {
        Away(() => world.Request("1"));

        world.UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
    }

    [Test]
    public void A_build_that_finished_is_recorded_and_not_repeated()
    {
        world.Request("1").UntilPhase("Running");
        Away(() => world.UntilPhase("Succeeded").Pass(TimeSpan.FromHours(2)));

        world.UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
    }

    [Test]
    public void A_build_that_failed_is_recorded_and_not_repeated()
    {
        world.Break().Request("1").UntilPhase("Running");
        Away(() => world.Pass(TimeSpan.FromMinutes(2)));

        world.UntilFailed().Pass(TimeSpan.FromMinutes(5));

        world.ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, before);
        world.Builds().Should().Be(2);
    }

    [Test]
    public void A_build_that_vanished_is_tried_again()
    {
        world.Request("1").UntilCondition(PoolConditionTypes.Building);
        Away(() => world.Delete(Resources.Pods, $"build-{BuildWorld.ConfigA}").Until("its end", () => world.Pods().Count == 0));

        world.UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(3);
    }

    [Test]
    public void A_new_config_is_built()
    {
        world.Request("1").UntilPhase("Running");
        Away(() => world.Render(BuildWorld.ConfigB));

        world.Until("an image of B", () => world.State().Built == BuildWorld.ConfigB).UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(3);
    }

    [Test]
    public void A_counter_that_was_removed_opens_the_limit()
    {
        world.Break();
        for (int attempt = 1; attempt <= 5; attempt++)
            world.Request($"{attempt}").UntilFailed();

        Away(() => world.Mend().ResetRetries().Request("again"));

        world.UntilBuilt();
        world.ShouldBeOk(before);
    }

    private void Away(Action meanwhile)
    {
        world.Controller.Stop();
        meanwhile();
        world.StartController();
    }
}
