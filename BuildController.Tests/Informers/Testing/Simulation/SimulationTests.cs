using BuildController.Informers.Testing.Faults;
using BuildController.Informers.Testing.Simulation;
using FluentAssertions;
using NUnit.Framework;
using Simulate = BuildController.Informers.Testing.Simulation.Simulation;

namespace BuildController.Tests.Informers.Testing.Simulation;

/// <summary>A small controller, right and broken, under everything that can go wrong.</summary>
[TestFixture]
public sealed class SimulationTests
{
    [Test]
    public void The_same_seed_gives_the_same_trace_to_the_last_character()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            SimulationResult first = Simulate.Run(seed, ClaimScenario.Right);
            SimulationResult second = Simulate.Run(seed, ClaimScenario.Right);

            second.TraceText.Should().Be(first.TraceText);
            second.Steps.Should().Be(first.Steps);
            first.Trace.Should().HaveCountGreaterThan(50);
        }
    }

    [Test]
    public void Another_seed_gives_another_trace() =>
        Simulate.Run(1, ClaimScenario.Right).TraceText.Should().NotBe(Simulate.Run(2, ClaimScenario.Right).TraceText);

    [Test]
    public async Task A_right_controller_holds_under_every_fault()
    {
        SampleResult sample = await Simulate.SampleAsync(Enumerable.Range(1, 500), ClaimScenario.Right);

        TestContext.Out.WriteLine(sample.Report);
        sample.ThrowIfFailed();
        sample.Runs.Should().Be(500);
        sample.Faults.Keys.Should().BeEquivalentTo(Enum.GetValues<FaultKind>(), "every kind has struck");
    }

    /// <summary>The same, for as long as one has patience: the command is in docs/simulation.md.</summary>
    [Test]
    [Explicit("It takes a minute or two.")]
    [Category("Long")]
    public async Task A_right_controller_holds_with_ten_thousand_seeds()
    {
        SampleResult sample = await Simulate.SampleAsync(Enumerable.Range(1, 10_000), ClaimScenario.Right);

        TestContext.Out.WriteLine(sample.Report);
        sample.ThrowIfFailed();
        sample.Runs.Should().Be(10_000);
    }

    [Test]
    public async Task A_controller_that_forgets_to_read_again_after_a_conflict_is_found_and_its_report_names_what_it_takes()
    {
        SampleResult sample = await Simulate.SampleAsync(Enumerable.Range(1, 500), ClaimScenario.Broken);

        SimulationResult failure = sample.Failures.Should().NotBeEmpty().And.Subject.First();
        failure.Failure!.What.Should().ContainAny("no port is given twice", "who has a port is in the registry");
        failure.Shortest!.Faults.Should().HaveCountLessThanOrEqualTo(failure.Faults.Count);
        failure.Shortest.Trace.Should().HaveCountLessThanOrEqualTo(failure.Trace.Count);
        string report = failure.Report;
        TestContext.Out.WriteLine(report);
        report.Should().Contain($"with seed {failure.Seed}").And.Contain("Timeline").And.Contain("patch configmaps default/ports: 409 Conflict").And.Contain("FAILED");
        failure.Invoking(static result => result.ThrowIfFailed()).Should().Throw<SimulationFailedException>().WithMessage($"*{failure.Failure.What}*");
        Simulate.Run(failure.Seed, ClaimScenario.Broken).Failure.Should().Be(failure.Failure, "a seed repeats the failure");
    }

    [Test]
    public async Task A_right_controller_holds_with_each_single_fault_at_each_request_and_with_pairs_of_them()
    {
        // Both processes do the same: one of them is enough.
        ExplorationResult result = await Simulate.ExploreAsync(ClaimScenario.Right, new ExplorationOptions { Processes = ["operator-0"], Pairs = true, MaxPairs = 150 });

        TestContext.Out.WriteLine(result.Report);
        result.ThrowIfFailed();
        result.CrashPoints.Should().BeGreaterThan(200);
        result.Singles.Should().BeGreaterThan(result.CrashPoints * 5);
        result.Pairs.Should().BeInRange(120, 150);
    }

    [Test]
    public async Task An_exploration_finds_a_broken_controller_too()
    {
        ExplorationResult result = await Simulate.ExploreAsync(ClaimScenario.Broken);

        result.Failures.Should().NotBeEmpty();
        result.Report.Should().Contain("Timeline");
    }
}
