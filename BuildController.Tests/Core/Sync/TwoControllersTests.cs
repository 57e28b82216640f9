using BuildController.Informers.Testing;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

/// <summary>Two controllers at work at once, as after a lost lease: slow connections mix their steps in many ways.</summary>
[TestFixture]
public sealed class TwoControllersTests
{
    private static readonly IReadOnlyList<Story> Stories = Story.All;

    [Test]
    public void Two_controllers_end_as_one_does_and_never_have_two_live_builds([ValueSource(nameof(Stories))] object story)
    {
        for (int seed = 1; seed <= 15; seed++)
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

    private static void Slow(BuildWorld world, ControllerProcess controller) => controller.SetFault(async (_, request, next) =>
    {
        if (request.Verb == "watch")
            return await next();

        await Task.Delay(TimeSpan.FromMilliseconds(700 * world.World.Runtime.NextDouble()), world.World.Time);
        FakeResponse response = await next();
        await Task.Delay(TimeSpan.FromMilliseconds(700 * world.World.Runtime.NextDouble()), world.World.Time);
        return response;
    });
}
