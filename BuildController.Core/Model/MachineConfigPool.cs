using BuildController.Informers.Api;

namespace BuildController.Core.Model;

/// <summary>
/// A pool of machines that share one configuration, and here one OS image (machineconfiguration.openshift.io/v1). Only what
/// the build controller reads is decoded; it writes by patches, so the rest of the object is never lost.
/// </summary>
public sealed record MachineConfigPool : IKubernetesObject
{
    /// <inheritdoc/>
    public ObjectMeta Metadata { get => field ?? new ObjectMeta(); init; }

    /// <summary>What the pool should be.</summary>
    public MachineConfigPoolSpec Spec { get => field ?? MachineConfigPoolSpec.Empty; init; }

    /// <summary>What the pool is.</summary>
    public MachineConfigPoolStatus Status { get => field ?? MachineConfigPoolStatus.Empty; init; }
}

/// <summary>What a pool should be.</summary>
public sealed record MachineConfigPoolSpec
{
    internal static readonly MachineConfigPoolSpec Empty = new();

    /// <summary>The rendered configuration that the pool should have.</summary>
    public PoolConfiguration? Configuration { get; init; }

    /// <summary>Whether rollouts stop. Builds do not.</summary>
    public bool Paused { get; init; }
}

/// <summary>What a pool is.</summary>
public sealed record MachineConfigPoolStatus
{
    internal static readonly MachineConfigPoolStatus Empty = new();

    /// <summary>The pool's conditions; empty if there are none, never null.</summary>
    public IReadOnlyList<PoolCondition> Conditions { get => field ?? []; init; }
}

/// <summary>Names a rendered MachineConfig.</summary>
public sealed record PoolConfiguration
{
    /// <summary>The rendered config's name, <c>rendered-POOL-HASH</c>.</summary>
    public string Name { get => field ?? string.Empty; init; }
}
