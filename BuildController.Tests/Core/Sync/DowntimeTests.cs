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
    public void A_new_config_is_built()
    {
        world.Request("1").UntilPhase("Running");
        Away(() => world.Render(BuildWorld.ConfigB));

        world.Until("an image of B", () => world.State().Built == BuildWorld.ConfigB).UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(3);
    }

    private void Away(Action meanwhile)
    {
        world.Controller.Stop();
        meanwhile();
        world.StartController();
    }
}
