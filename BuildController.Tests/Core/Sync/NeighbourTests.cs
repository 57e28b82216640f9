using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

[TestFixture]
public sealed class NeighbourTests
{
    private BuildWorld world = null!;

    [SetUp]
    public void SetUp()
    {
        world = BuildWorld.WithFirstImage();
        world.AddNeighbours();
    }

    [TearDown]
    public void TearDown() => world.Dispose();

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

    private int WritesIn(TimeSpan time)
    {
        world.Controller.Clientset.ClearActions();
        return world.Pass(time).Writes().Count;
    }
}
