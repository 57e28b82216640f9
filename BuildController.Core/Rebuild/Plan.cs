using BuildController.Core.Images;
using BuildController.Core.Model;

namespace BuildController.Core.Rebuild;

/// <summary>
/// What to do next for a pool: one step, safe to repeat. After a step that changes the world the world is observed anew.
/// </summary>
internal abstract record Plan
{
    private Plan()
    {
    }

    /// <summary>What to tell once the step is done.</summary>
    public IReadOnlyList<PoolEvent> Events { get; init; } = [];

    /// <summary>Nothing to do until something changes.</summary>
    public sealed record Settle : Plan
    {
        internal static Settle Instance { get; } = new();
    }

    /// <summary>Nothing to do until something changes or the time is over.</summary>
    /// <param name="For">What is waited for.</param>
    /// <param name="Recheck">When to look again if no event comes, or null to wait for events only.</param>
    public sealed record Wait(string For, TimeSpan? Recheck) : Plan;

    /// <summary>Observe the inputs, and decide again.</summary>
    public sealed record ObserveInputs : Plan;

    /// <summary>Change what is written on the pool in one patch, conditioned on the version that was observed.</summary>
    /// <param name="Change">What to change.</param>
    public sealed record PatchPool(PoolChange Change) : Plan
    {
        /// <summary>The attempt that begins with it, or null.</summary>
        public BuildAttempt? Begun { get; init; }

        /// <summary>The attempt that ends with it, or null.</summary>
        public FinishedAttempt? Ended { get; init; }
    }

    /// <summary>Replace the pool's conditions, conditioned on the version that was observed.</summary>
    /// <param name="Conditions">All conditions, also those of others.</param>
    public sealed record PatchConditions(IReadOnlyList<PoolCondition> Conditions) : Plan;

    /// <summary>Ask objects to go, each conditioned on its UID.</summary>
    /// <param name="Objects">The objects.</param>
    public sealed record DeleteObjects(IReadOnlyList<OwnedObject> Objects) : Plan;

    /// <summary>Create what the attempt needs, or verify that it is there, and then the build object.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Inputs">What to build from.</param>
    public sealed record StartBuild(BuildAttempt Attempt, BuildInputs Inputs) : Plan;

    /// <summary>Label a digest that the attempt's build left without labels, so that it is told from another's and found when cleaning up.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Digest">The ConfigMap.</param>
    public sealed record ClaimDigest(BuildAttempt Attempt, OwnedObject Digest) : Plan;

    /// <summary>Stop a build that has failed but still occupies its node, and keep it for people to look at.</summary>
    /// <param name="Build">The build object.</param>
    public sealed record StopBuild(OwnedObject Build) : Plan;
}
