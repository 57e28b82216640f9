using BuildController.Informers.Testing.Faults;
using BuildController.Informers.Testing.Simulation;
using FluentAssertions;
using NUnit.Framework;
using Run = BuildController.Informers.Testing.Simulation.Simulation;

namespace BuildController.Tests.Informers.Testing.Simulation;

[TestFixture]
public sealed class SimulationTests
{
    [Test]
    public void The_same_seed_gives_the_same_trace_to_the_last_character()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            SimulationResult first = Run.Run(seed, ClaimScenario.Right);
            SimulationResult second = Run.Run(seed, ClaimScenario.Right);

            second.TraceText.Should().Be(first.TraceText);
            second.Steps.Should().Be(first.Steps);
            first.Trace.Should().HaveCountGreaterThan(50);
        }
    }

    [Test]
    public void Another_seed_gives_another_trace() =>
        Run.Run(1, ClaimScenario.Right).TraceText.Should().NotBe(Run.Run(2, ClaimScenario.Right).TraceText);

    [Test]
    public async Task A_right_controller_holds_under_every_fault()
    {
        SampleResult sample = await Run.SampleAsync(Enumerable.Range(1, 500), ClaimScenario.Right);

        TestContext.Out.WriteLine(sample.Report);
        sample.ThrowIfFailed();
        sample.Faults.Keys.Should().BeEquivalentTo(Enum.GetValues<FaultKind>(), "every kind has struck");
    }

    [Test]
    public async Task A_controller_that_forgets_to_read_again_after_a_conflict_is_found()
    {
        SampleResult sample = await Run.SampleAsync(Enumerable.Range(1, 500), ClaimScenario.Broken);

        TestContext.Out.WriteLine(sample.Report);
        sample.Failures.Should().NotBeEmpty();
        sample.Failures[0].Failure!.What.Should().ContainAny("no port is given twice", "who has a port is in the registry");
    }
}
