using BuildController.Core.Images;
using BuildController.Informers.Testing.Faults;
using BuildController.Informers.Testing.Simulation;
using FluentAssertions;
using NUnit.Framework;
using Simulate = BuildController.Informers.Testing.Simulation.Simulation;

namespace BuildController.Tests.Core.Exploration;

/// <summary>A rebuild, disturbed at each of its requests in turn: it must come to its end as if nothing had been, without one build more.</summary>
[TestFixture(ImageBuilderType.CustomPodBuilder)]
[TestFixture(ImageBuilderType.OpenShiftImageBuilder)]
internal sealed class RebuildExplorationTests(ImageBuilderType builder)
{
    private static readonly IReadOnlyList<ExploredStory> Rebuilds = ExploredStory.Rebuilds;
    private static readonly IReadOnlyList<ExploredStory> All = ExploredStory.All;

    private static readonly FaultKind[] Crashes = [FaultKind.CrashBefore, FaultKind.CrashAfter];

    /// <summary>What makes two controllers see different worlds.</summary>
    private static readonly FaultKind[] Dividing = [FaultKind.CrashAfter, FaultKind.Pause];

    [Test]
    public async Task A_rebuild_survives_a_crash_before_and_after_each_request([ValueSource(nameof(Rebuilds))] object story)
    {
        ExplorationResult result = await ExploreAsync((ExploredStory)story, controllers: 1, new ExplorationOptions { Faults = Of(Crashes) });

        result.CrashPoints.Should().BeGreaterThan(100, "the whole rebuild was explored");
    }

    /// <summary>The longest of the three; the others, and more, are in the long run below.</summary>
    [Test]
    public async Task A_rebuild_after_failure_survives_each_fault_at_each_request()
    {
        ExplorationResult result = await ExploreAsync(ExploredStory.AfterFailure, controllers: 1, new ExplorationOptions());

        result.Singles.Should().BeGreaterThan(result.CrashPoints * 4);
    }

    [Test]
    public async Task Two_controllers_at_once_end_as_one_does([ValueSource(nameof(Rebuilds))] object story)
    {
        ExplorationResult result = await ExploreAsync((ExploredStory)story, controllers: 2, new ExplorationOptions { Faults = Of(Dividing), Processes = [BuildSimulation.Controller] });

        result.Singles.Should().BeGreaterThan(100);
    }

    /// <summary>More stories, two controllers with every fault, and pairs of faults: docs/quality.md has the command.</summary>
    [Test]
    [Explicit("It takes minutes.")]
    [Category("Long")]
    public async Task Every_story_survives_every_fault_and_pairs_of_them([ValueSource(nameof(All))] object story, [Values(1, 2)] int controllers)
    {
        var exploration = new ExplorationOptions { Processes = [BuildSimulation.Controller], Pairs = true, MaxPairs = 1_500 };

        ExplorationResult result = await ExploreAsync((ExploredStory)story, controllers, exploration);

        result.Pairs.Should().BeGreaterThan(1_000);
    }

    private static Fault[] Of(FaultKind[] kinds) => [.. ExplorationOptions.Default.Faults.Where(fault => kinds.Contains(fault.Kind))];

    private async Task<ExplorationResult> ExploreAsync(ExploredStory story, int controllers, ExplorationOptions exploration)
    {
        ExplorationResult result = await Simulate.ExploreAsync(story.With(builder, controllers), exploration);

        await TestContext.Out.WriteLineAsync($"{story} by {builder.Text()}, {controllers} at work: {result.Report}");
        result.ThrowIfFailed();
        return result;
    }
}
