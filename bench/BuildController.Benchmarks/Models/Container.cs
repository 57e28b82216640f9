namespace BuildController.Benchmarks.Models;

internal sealed record Container
{
    public string? Name { get; init; }

    public string? Image { get; init; }

    public required IReadOnlyList<string> Args { get; init; }

    public required IReadOnlyList<ContainerPort> Ports { get; init; }

    public required IReadOnlyList<EnvironmentVariable> Env { get; init; }

    public IReadOnlyDictionary<string, string>? Limits { get; init; }

    public IReadOnlyDictionary<string, string>? Requests { get; init; }

    public required IReadOnlyList<VolumeMount> VolumeMounts { get; init; }

    public Probe? LivenessProbe { get; init; }

    public string? TerminationMessagePath { get; init; }

    public string? TerminationMessagePolicy { get; init; }

    public string? ImagePullPolicy { get; init; }

    public SecurityContext? SecurityContext { get; init; }
}

internal sealed record ContainerPort(string? Name, int? Number, string? Protocol);

internal sealed record EnvironmentVariable(string? Name, string? Value, FieldReference? FieldRef);

internal sealed record FieldReference(string? ApiVersion, string? FieldPath);

internal sealed record VolumeMount(string? Name, bool? ReadOnly, string? MountPath);

internal sealed record Probe
{
    public string? Path { get; init; }

    public int? Port { get; init; }

    public string? Scheme { get; init; }

    public int? InitialDelaySeconds { get; init; }

    public int? TimeoutSeconds { get; init; }

    public int? PeriodSeconds { get; init; }

    public int? SuccessThreshold { get; init; }

    public int? FailureThreshold { get; init; }
}

internal sealed record ContainerStatus
{
    public string? Name { get; init; }

    public ContainerState? State { get; init; }

    public ContainerState? LastState { get; init; }

    public bool? Ready { get; init; }

    public int? RestartCount { get; init; }

    public string? Image { get; init; }

    public string? ImageID { get; init; }

    public string? ContainerID { get; init; }

    public bool? Started { get; init; }
}

internal sealed record ContainerState
{
    public static readonly ContainerState Empty = new();

    public DateTimeOffset? RunningSince { get; init; }
}
