using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

/// <summary>The controller dies right after each of its requests was applied, and another one takes over.</summary>
[TestFixture]
public sealed class CrashTests
{
    private static readonly IReadOnlyList<Story> Stories = Story.All;

    [Test]
    public void A_crash_after_any_request_loses_nothing([ValueSource(nameof(Stories))] object story) =>
        Explore((Story)story, TimeSpan.FromSeconds(1));

    [Test]
    public void A_crash_followed_by_a_long_absence_loses_nothing([ValueSource(nameof(Stories))] object story) =>
        Explore((Story)story, TimeSpan.FromMinutes(5));

    [Test]
    public void A_stop_in_order_at_any_time_loses_nothing([ValueSource(nameof(Stories))] object story)
    {
        for (int second = 0; second < 45; second += 3)
        {
            ((Story)story).Play(
                static _ => { },
                world =>
                {
                    world.Pass(TimeSpan.FromSeconds(second)).Controller.Stop();
                    world.StartController();
                });
        }
    }

    private static void Explore(Story story, TimeSpan absence)
    {
        int at = 0;
        bool hasDied;
        do
        {
            at++;
            hasDied = false;
            story.Play(
                world => world.Controller.KillAfter(at),
                world =>
                {
                    ControllerProcess first = world.Controller;
                    for (int second = 0; second < 120 && !first.IsDead; second++)
                        world.Pass(TimeSpan.FromSeconds(1));

                    hasDied = first.IsDead;
                    world.Pass(absence);
                    if (hasDied)
                        world.StartController();
                },
                extraBuilds: 1);
        }
        while (hasDied);
        at.Should().BeGreaterThan(15, "the whole story was explored");
        TestContext.Out.WriteLine($"{at} runs");
    }
}
