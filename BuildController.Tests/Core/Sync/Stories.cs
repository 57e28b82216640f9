using BuildController.Core.Rebuild;
using FluentAssertions;

namespace BuildController.Tests.Core.Sync;

/// <summary>
/// A story that explorations disturb at every request: its start runs undisturbed, then the controller is disturbed while the
/// admin acts, and whatever happens it must come to its end.
/// </summary>
/// <param name="Name">What happens in it.</param>
/// <param name="Begin">Up to where the disturbance starts.</param>
/// <param name="Act">What the admin does then.</param>
/// <param name="End">Waits for the end and checks it; given the image at the beginning.</param>
/// <param name="Builds">How many build pods it takes when nothing disturbs it, those of the beginning among them.</param>
internal sealed record Story(string Name, Action<BuildWorld> Begin, Action<BuildWorld> Act, Action<BuildWorld, string?> End, int Builds)
{
    public static Story RebuildAfterSuccess { get; } = new(
        "rebuild after success",
        static _ => { },
        static world => world.Request("go"),
        Ok,
        Builds: 2);

    public static Story RebuildAfterFailure { get; } = new(
        "rebuild after failure",
        static world => world.Break().Request("1").UntilFailed().Mend(),
        static world => world.Request("go"),
        Ok,
        Builds: 3);

    public static Story FailingRebuild { get; } = new(
        "failing rebuild",
        static world => world.Break(),
        static world => world.Request("go"),
        static (world, before) =>
        {
            world.UntilFailed().Pass(TimeSpan.FromMinutes(2));
            world.ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, before);
        },
        Builds: 2);

    public static Story ConfigChangeWhileBuilding { get; } = new(
        "config change while building",
        static world => world.Request("go").UntilPhase("Running"),
        static world => world.Render(BuildWorld.ConfigB),
        static (world, before) =>
        {
            world.Until("an image of B", () => world.State().Built == BuildWorld.ConfigB);
            Ok(world, before);
        },
        Builds: 3);

    public static Story Eviction { get; } = new(
        "eviction",
        static world => world.Request("go").UntilPhase("Running"),
        static world => world.Evict($"build-{BuildWorld.ConfigA}"),
        Ok,
        Builds: 3);

    public static Story OptOutWhileBuilding { get; } = new(
        "opt-out while building",
        static world => world.Request("go").UntilPhase("Running"),
        static world => world.OptOut(),
        static (world, _) =>
        {
            world.Until("the end", () => world.Pool()!.Metadata.Annotations.Count == 0 && world.Objects(BuildWorld.Worker).Count == 0 && world.TrueBuildConditions().Count == 0);
        },
        Builds: 2);

    public static IReadOnlyList<Story> All { get; } =
        [RebuildAfterSuccess, RebuildAfterFailure, FailingRebuild, ConfigChangeWhileBuilding, Eviction, OptOutWhileBuilding];

    public override string ToString() => Name;

    /// <summary>Plays it once.</summary>
    /// <param name="disturb">Called where the disturbance starts.</param>
    /// <param name="meanwhile">Called once the admin has acted, before the end is waited for.</param>
    /// <param name="extraBuilds">How many builds more than usual are forgiven.</param>
    /// <param name="seed">The seed of the world.</param>
    public void Play(Action<BuildWorld> disturb, Action<BuildWorld>? meanwhile = null, int extraBuilds = 0, int seed = 1)
    {
        using BuildWorld world = BuildWorld.WithFirstImage(seed);
        string? before = world.Image();
        Begin(world);
        disturb(world);
        Act(world);
        meanwhile?.Invoke(world);
        End(world, before);
        world.Builds().Should().BeInRange(Builds, Builds + extraBuilds);
    }

    private static void Ok(BuildWorld world, string? before)
    {
        world.UntilBuilt();
        world.ShouldBeOk(before);
    }
}
