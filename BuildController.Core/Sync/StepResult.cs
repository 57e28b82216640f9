using BuildController.Core.Model;

namespace BuildController.Core.Sync;

/// <summary>What came of one step.</summary>
internal sealed record StepResult
{
    public static StepResult Done { get; } = new();

    /// <summary>The pool as it is now, if the step changed nothing but the pool; then nothing else needs to be read anew.</summary>
    public MachineConfigPool? Pool { get; init; }

    /// <summary>The names that the step needs and that objects of somebody else have; empty if it was carried out.</summary>
    public IReadOnlyList<string> TakenNames { get; init; } = [];
}
