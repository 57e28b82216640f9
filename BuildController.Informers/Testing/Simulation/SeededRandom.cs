using BuildController.Informers.Testing.Faults;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>The randomness of one life of one process, which nobody else's draws can move.</summary>
internal sealed class SeededRandom(Lot lot) : Random
{
    private Lot lot = lot;

    public override double NextDouble() => lot.Next();

    protected override double Sample() => lot.Next();
}
