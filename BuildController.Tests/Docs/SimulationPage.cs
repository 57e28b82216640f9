using BuildController.Core.Model;
using BuildController.Informers.Cache;
using BuildController.Informers.Control;
using BuildController.Informers.Testing.Simulation;
using BuildController.Tests.Informers.Testing.Simulation;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Docs;

/// <summary>The code of docs/simulation.md.</summary>
[TestFixture]
public sealed class SimulationPage
{
    [Test]
    public void A_run()
    {
        #region run
        SimulationResult result = Simulation.Run(seed: 17, Claims());
        result.ThrowIfFailed();
        #endregion

        result.IsSuccess.Should().BeTrue();
    }

    [Test]
    public async Task Many_seeds_and_single_faults()
    {
        SimulationScenario scenario = Claims();

        #region many
        SampleResult sample = await Simulation.SampleAsync(Enumerable.Range(1, 100), scenario);
        sample.ThrowIfFailed();

        ExplorationResult explored = await Simulation.ExploreAsync(scenario, new ExplorationOptions { Processes = ["operator-0"], Pairs = true, MaxPairs = 100 });
        explored.ThrowIfFailed();
        Console.WriteLine(explored.Report);
        #endregion

        explored.Report.Should().Contain("0 failures");
    }

    #region scenario
    private static SimulationScenario Claims() => new()
    {
        Name = "each claim has a port of its own",
        Arrange = world =>
        {
            world.Put(Claim.Resource, Claim.Of("first"), Claim.Of("second"));
            world.AddProcess("operator", RunOperatorAsync, replicas: 2);
        },
        Act = async world =>
        {
            await world.DelayUpTo(TimeSpan.FromSeconds(15));
            await world.User.Resource(Claim.Resource).CreateAsync(Claim.Of("late"));
        },
        Invariants = [new Invariant("no port is given twice", Doubled)],
        Goal = new Goal("every claim has a port", world => world.List(Claim.Resource).All(claim => claim.Status.Port is not null)),
    };
    #endregion

    #region process
    private static async Task RunOperatorAsync(SimulatedProcess process)
    {
        await using var informers = new SharedInformerFactory(process.Clientset, runtime: process.Runtime);
        await using IController controller = new ControllerBuilder("claims")
            .For(Claim.Resource)
            .Watches(Resources.ConfigMaps, ClaimReconciler.OwnersIn)
            .Build(informers, new ClaimReconciler(process.Clientset), process.Runtime);
        await controller.RunAsync(process.Stopping);
    }
    #endregion

    #region invariant
    private static string? Doubled(SimulatedWorld world) => world.List(Claim.Resource)
        .Where(claim => claim.Status.Port is not null)
        .GroupBy(claim => claim.Status.Port)
        .Where(claims => claims.Count() > 1)
        .Select(claims => $"{string.Join(" and ", claims.Select(claim => claim.Name))} both have {claims.Key}")
        .FirstOrDefault();
    #endregion
}
