using BuildController.Informers.Api;

namespace BuildController.Benchmarks.Models;

/// <summary>A pod with every field that the replayed pods have, managedFields aside.</summary>
internal sealed record Pod : IKubernetesObject
{
    public static readonly GroupVersionResource Resource = new(string.Empty, "v1", "pods");

    public required ObjectMeta Metadata { get; init; }

    public PodSpec? Spec { get; init; }

    public PodStatus? Status { get; init; }
}

internal sealed record PodSpec
{
    public required IReadOnlyList<Volume> Volumes { get; init; }

    public required IReadOnlyList<Container> Containers { get; init; }

    public string? RestartPolicy { get; init; }

    public long? TerminationGracePeriodSeconds { get; init; }

    public string? DnsPolicy { get; init; }

    public string? ServiceAccountName { get; init; }

    public string? NodeName { get; init; }

    public SecurityContext? SecurityContext { get; init; }

    public string? SchedulerName { get; init; }

    public required IReadOnlyList<Toleration> Tolerations { get; init; }

    public int? Priority { get; init; }

    public bool? EnableServiceLinks { get; init; }

    public string? PreemptionPolicy { get; init; }
}

internal sealed record PodStatus
{
    public string? Phase { get; init; }

    public required IReadOnlyList<Condition> Conditions { get; init; }

    public string? HostIP { get; init; }

    public string? PodIP { get; init; }

    public required IReadOnlyList<string> PodIPs { get; init; }

    public DateTimeOffset? StartTime { get; init; }

    public required IReadOnlyList<ContainerStatus> ContainerStatuses { get; init; }

    public string? QosClass { get; init; }
}

internal readonly record struct Condition(
    string? Type, string? Status, DateTimeOffset? LastProbeTime, DateTimeOffset? LastTransitionTime, string? Reason, string? Message);

internal sealed record Toleration(string? Key, string? Operator, string? Value, string? Effect, long? TolerationSeconds);

internal sealed record SecurityContext(long? RunAsUser, bool? RunAsNonRoot, bool? AllowPrivilegeEscalation, long? FsGroup);
