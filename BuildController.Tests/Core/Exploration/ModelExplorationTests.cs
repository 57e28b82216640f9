using BuildController.Tests.Docs;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Exploration;

/// <summary>The machine, in every state that it and the world around it can get into.</summary>
[TestFixture]
internal sealed class ModelExplorationTests
{
    [Test]
    public void Whatever_happens_a_pool_comes_to_rest_in_order_and_its_ways_are_those_of_the_chart()
    {
        ModelExplorer explorer = Explore(acts: 2);

        explorer.States.Should().BeGreaterThan(100_000);
        explorer.Changes.Should().BeEquivalentTo(Chart(), "docs/rebuild.md shows the ways that the controller takes");
    }

    [Test]
    [Explicit("It takes some minutes.")]
    [Category("Long")]
    public void Whatever_happens_and_three_acts_of_people_a_pool_comes_to_rest_in_order() => Explore(acts: 3).States.Should().BeGreaterThan(500_000);

    private static ModelExplorer Explore(int acts)
    {
        var explorer = new ModelExplorer(acts);
        explorer.Run();

        TestContext.Out.WriteLine($"{explorer.States} states, {explorer.Transitions} transitions, {explorer.CrashPoints} crash points, {acts} acts of people");
        explorer.Violation.Should().BeNull();
        return explorer;
    }

    /// <summary>The arrows of the chart, without the one that says where it begins.</summary>
    private static IEnumerable<(ModelPhase From, ModelPhase To)> Chart() =>
        from line in File.ReadAllLines(Repository.PathOf("docs", "rebuild.md"))
        let parts = line.Split(" --> ")
        where parts.Length == 2 && !parts[0].Contains("[*]", StringComparison.Ordinal)
        select (Enum.Parse<ModelPhase>(parts[0].Trim()), Enum.Parse<ModelPhase>(parts[1].Split(':')[0].Trim()));
}
