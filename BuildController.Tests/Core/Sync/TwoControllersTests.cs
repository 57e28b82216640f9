using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

/// <summary>Two controllers at work at once, as after a lost lease: slow connections mix their steps in many ways.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
public sealed class TwoControllersTests
{
    private static readonly IReadOnlyList<Story> Stories = Story.All;

    [Test]
    public void Two_controllers_end_as_one_does_and_never_have_two_live_builds([ValueSource(nameof(Stories))] object story)
    {
        for (int seed = 1; seed <= 8; seed++)
        {
            ((Story)story).Play(
                world =>
                {
                    Slow(world, world.Controller);
                    Slow(world, world.StartController());
                },
                extraBuilds: 1,
                seed: seed);
        }
    }

    [TestCase("pods")]
    [TestCase("configmaps")]
    public void A_controller_that_falls_asleep_while_it_looks_does_not_harm_what_the_other_one_builds(string plural)
    {
        for (int sleep = 3; sleep <= 40; sleep += 2)
        {
            Story.RebuildAfterFailure.Play(world =>
            {
                bool hasLooked = false, hasSlept = false;
                world.StartController().SetFault(async (_, request, next) =>
                {
                    hasLooked |= request.ToString() == "get machineconfigpools worker";
                    if (hasLooked && !hasSlept && request.Verb == "list" && request.Resource.Plural == plural)
                    {
                        // It has read the pool, and lists what another attempt has made since.
                        hasSlept = true;
                        await Task.Delay(TimeSpan.FromSeconds(sleep), world.World.Time);
                    }

                    return await next();
                });
                world.Pass(TimeSpan.FromSeconds(2));
            });
        }
    }

    [Test]
    public void A_controller_that_falls_asleep_before_it_writes_does_not_write_over_what_the_other_one_has_begun()
    {
        using BuildWorld world = BuildWorld.WithFirstImage();
        string? before = world.Image();
        world.Controller.SetFault(async (_, _, next) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), world.World.Time);
            return await next();
        });
        bool hasSlept = false;
        world.StartController().SetFault(async (_, request, next) =>
        {
            if (!hasSlept && request.ToString() == "patch machineconfigpools worker")
            {
                hasSlept = true;
                await Task.Delay(TimeSpan.FromMinutes(2), world.World.Time);
            }

            return await next();
        });

        world.Request("1").UntilBuilt().Pass(TimeSpan.FromMinutes(5));

        hasSlept.Should().BeTrue("both accepted the request");
        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
    }

    private static void Slow(BuildWorld world, ControllerProcess controller) => controller.SetFault(async (_, request, next) =>
    {
        if (request.Verb == "watch")
            return await next();

        await Task.Delay(Delay(world), world.World.Time);
        FakeResponse response = await next();
        await Task.Delay(Delay(world), world.World.Time);
        return response;
    });

    /// <summary>Mostly short, and now and then longer than all that the other one has to do meanwhile.</summary>
    private static TimeSpan Delay(BuildWorld world) => TimeSpan.FromMilliseconds(100 / (1.003 - world.World.Runtime.NextDouble()));
}
