using BuildController.Informers.Testing.Faults;
using BuildController.Informers.Testing.Simulation;
using FluentAssertions;
using NUnit.Framework;
using Simulate = BuildController.Informers.Testing.Simulation.Simulation;

namespace BuildController.Tests.Core.Exploration;

/// <summary>People who do anything at any time, on three pools, while everything goes wrong that can.</summary>
[TestFixture]
internal sealed class RandomUsersTests
{
    [Test]
    public Task Whatever_people_do_and_whatever_goes_wrong_each_pool_gets_its_image() => SampleAsync(seeds: 150, controllers: 1);

    [Test]
    [Explicit("It takes long.")]
    [Category("Long")]
    public Task Whatever_people_do_and_whatever_goes_wrong_each_pool_gets_its_image_with_twenty_thousand_seeds() => SampleAsync(seeds: 20_000, controllers: 1);

    private static async Task SampleAsync(int seeds, int controllers)
    {
        SampleResult sample = await Simulate.SampleAsync(Enumerable.Range(1, seeds), ManyPools.Of(controllers));

        await TestContext.Out.WriteLineAsync(sample.Report);
        sample.ThrowIfFailed();
        sample.Runs.Should().Be(seeds);
        sample.Faults.Keys.Should().BeEquivalentTo(Enum.GetValues<FaultKind>(), "every kind has struck");
    }
}
