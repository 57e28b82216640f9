using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

[TestFixture]
public sealed class NeighbourTests
{
    private BuildWorld world = null!;
    private string? before;

    [SetUp]
    public void SetUp()
    {
        world = BuildWorld.WithFirstImage();
        before = world.Image();
        world.AddNeighbours();
    }

    [TearDown]
    public void TearDown() => world.Dispose();

    [Test]
    public void A_rebuild_succeeds_although_others_write_the_pool_all_the_time()
    {
        world.Request("1").UntilPhase("Running").UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
    }

    [Test]
    public void A_failure_is_told_although_Degraded_is_taken_back_by_others()
    {
        world.Break().Request("1").UntilFailed().Pass(TimeSpan.FromMinutes(3));

        world.TrueBuildConditions().Should().Equal(PoolConditionTypes.BuildFailed);
        world.IsTrue(PoolConditionTypes.ImageBuildDegraded).Should().BeTrue();
        world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
        world.Annotation(PoolKeys.BuildRetries).Should().Be("1");
        world.Image().Should().Be(before);

        world.Mend().Request("2").UntilPhase("Running").UntilBuilt();
        world.ShouldBeOk(before);
    }

    [Test]
    public void Who_writes_nothing_new_is_not_answered_by_writes()
    {
        world.Pass(TimeSpan.FromMinutes(1));

        WritesIn(TimeSpan.FromMinutes(10)).Should().Be(0);
    }

    [Test]
    public void A_quarrel_about_Degraded_costs_a_few_writes_a_minute()
    {
        world.Break().Request("1").UntilFailed().Pass(TimeSpan.FromMinutes(1));

        WritesIn(TimeSpan.FromMinutes(10)).Should().BeInRange(5, 12, "Degraded is asserted again, but not faster than once a minute");
    }

    [Test]
    public void A_rebuild_takes_a_bounded_number_of_writes()
    {
        world.Controller.Clientset.ClearActions();

        world.Request("1").UntilPhase("Running").UntilBuilt();

        world.Writes().Count.Should().BeLessThan(60);
        world.State().Last!.Outcome.Should().Be(AttemptOutcome.Succeeded);
    }

    private int WritesIn(TimeSpan time)
    {
        world.Controller.Clientset.ClearActions();
        return world.Pass(time).Writes().Count;
    }
}
