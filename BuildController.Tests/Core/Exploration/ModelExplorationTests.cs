using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Exploration;

/// <summary>The machine, in every state that it and the world around it can get into.</summary>
[TestFixture]
internal sealed class ModelExplorationTests
{
    [Test]
    public void Whatever_happens_a_pool_comes_to_rest_in_order_and_never_has_two_builds()
    {
        ModelExplorer explorer = Explore(acts: 2);

        explorer.States.Should().BeGreaterThan(5_000);
    }

    [Test]
    [Explicit("It takes a minute or two.")]
    [Category("Long")]
    public void Whatever_happens_and_three_acts_of_people_a_pool_comes_to_rest_in_order() => Explore(acts: 3).States.Should().BeGreaterThan(50_000);

    private static ModelExplorer Explore(int acts)
    {
        var explorer = new ModelExplorer(acts);
        explorer.Run();

        TestContext.Out.WriteLine($"{explorer.States} states, {explorer.Transitions} transitions, {explorer.CrashPoints} crash points, {acts} acts of people");
        TestContext.Out.WriteLine(string.Join('\n', explorer.Changes.Order().Select(static change => $"  {change.From} -> {change.To}")));
        explorer.Violation.Should().BeNull();
        return explorer;
    }
}
