using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

/// <summary>The controller dies right after each of its requests was applied, and another one takes over.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
public sealed class CrashTests
{
    private static readonly IReadOnlyList<Story> Stories = Story.All;

    [Test]
    public void A_stop_in_order_at_any_time_loses_nothing([ValueSource(nameof(Stories))] object story)
    {
        for (int second = 0; second < 45; second += 4)
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

    [Test]
    public void A_crash_after_any_request_loses_nothing([ValueSource(nameof(Stories))] object story)
    {
        int at = 0;
        bool hasDied;
        do
        {
            at++;
            hasDied = false;
            ((Story)story).Play(
                world => world.Controller.KillAfter(at),
                world =>
                {
                    ControllerProcess first = world.Controller;
                    for (int second = 0; second < 120 && !first.IsDead; second++)
                        world.Pass(TimeSpan.FromSeconds(1));

                    hasDied = first.IsDead;
                    if (!hasDied)
                        return;

                    // Taken over at once, or when the build is long done.
                    world.Pass(at % 2 == 0 ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(5));
                    world.StartController();
                },
                extraBuilds: 1);
        }
        while (hasDied);
        at.Should().BeGreaterThan(15, "the whole story was explored");
        TestContext.Out.WriteLine($"{at} runs");
    }
}
