using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Tests.Core.Rebuild;

namespace BuildController.Tests.Core.Exploration;

/// <summary>The states of the chart in docs/rebuild.md: what a pool says of itself, and nothing else.</summary>
internal enum ModelPhase
{
    NotLayered,
    NotBuilt,
    Accepted,
    Started,
    Built,
    Interrupted,
    Failed,
}

/// <summary>Reads the phase off a pool.</summary>
internal static class ModelPhases
{
    public static ModelPhase Of(RebuildWorld world)
    {
        if (!world.Pool!.Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled))
            return ModelPhase.NotLayered;

        BuildState state = world.State;
        if (state.Serving is not null)
            return state.Serving.BuildUid is null ? ModelPhase.Accepted : ModelPhase.Started;

        string? config = world.Pool.Spec.Configuration?.Name;
        if (state.Last is { } last && last.Config == config && last.Outcome is AttemptOutcome.Failed)
            return ModelPhase.Failed;

        if (state.Last is { Outcome: AttemptOutcome.Interrupted } interrupted && interrupted.Config == config && interrupted.Reason.IsInfrastructure())
            return ModelPhase.Interrupted;

        return state.Built == config ? ModelPhase.Built : ModelPhase.NotBuilt;
    }
}
