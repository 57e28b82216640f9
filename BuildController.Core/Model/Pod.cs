using BuildController.Informers.Api;

namespace BuildController.Core.Model;

/// <summary>A core/v1 Pod: as much of its spec as a build pod needs, and as much of its status as tells how the build goes.</summary>
public sealed record Pod : IKubernetesObject
{
    /// <inheritdoc/>
    public ObjectMeta Metadata { get => field ?? new ObjectMeta(); init; }

    /// <summary>What should run.</summary>
    public PodSpec Spec { get => field ?? PodSpec.Empty; init; }

    /// <summary>What runs.</summary>
    public PodStatus Status { get => field ?? PodStatus.Empty; init; }
}

/// <summary>What a pod should run.</summary>
public sealed record PodSpec
{
    internal static readonly PodSpec Empty = new();

    /// <summary>Whether containers are started again: <c>Always</c>, <c>OnFailure</c> or <c>Never</c>.</summary>
    public string? RestartPolicy { get; init; }

    /// <summary>The service account that the containers act as.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>Seconds after its start at which the kubelet stops the pod and marks it failed; may be set or lowered while it runs.</summary>
    public long? ActiveDeadlineSeconds { get; init; }

    /// <summary>The containers; never null.</summary>
    public IReadOnlyList<Container> Containers { get => field ?? []; init; }

    /// <summary>The volumes; never null.</summary>
    public IReadOnlyList<Volume> Volumes { get => field ?? []; init; }
}

/// <summary>What a pod's containers do.</summary>
public sealed record PodStatus
{
    internal static readonly PodStatus Empty = new();

    /// <summary><c>Pending</c>, <c>Running</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Unknown</c>.</summary>
    public string? Phase { get; init; }

    /// <summary>Why the pod as a whole is where it is, for example <c>Evicted</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>The same, for people.</summary>
    public string? Message { get; init; }

    /// <summary>When the kubelet took the pod on.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>The pod's conditions; never null.</summary>
    public IReadOnlyList<PodCondition> Conditions { get => field ?? []; init; }

    /// <summary>What each container does; never null.</summary>
    public IReadOnlyList<ContainerStatus> ContainerStatuses { get => field ?? []; init; }
}

/// <summary>One condition of a pod.</summary>
public sealed record PodCondition
{
    /// <summary>What it is about, for example <c>PodScheduled</c> or <c>DisruptionTarget</c>.</summary>
    public string Type { get => field ?? string.Empty; init; }

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    public string Status { get => field ?? string.Empty; init; }

    /// <summary>A word for machines.</summary>
    public string? Reason { get; init; }

    /// <summary>A sentence for people.</summary>
    public string? Message { get; init; }
}
