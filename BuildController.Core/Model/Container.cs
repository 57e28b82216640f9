namespace BuildController.Core.Model;

/// <summary>One container of a pod.</summary>
public sealed record Container
{
    /// <summary>The name, unique in the pod.</summary>
    public string Name { get => field ?? string.Empty; init; }

    /// <summary>The image to run.</summary>
    public string Image { get => field ?? string.Empty; init; }

    /// <summary>Whether to pull the image: <c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>.</summary>
    public string? ImagePullPolicy { get; init; }

    /// <summary>The command line; never null.</summary>
    public IReadOnlyList<string> Command { get => field ?? []; init; }

    /// <summary>The environment; never null.</summary>
    public IReadOnlyList<EnvironmentVariable> Env { get => field ?? []; init; }

    /// <summary>Which volumes are mounted where; never null.</summary>
    public IReadOnlyList<VolumeMount> VolumeMounts { get => field ?? []; init; }

    /// <summary>As whom the container runs.</summary>
    public SecurityContext? SecurityContext { get; init; }

    /// <summary>Where the container's last words come from; <c>FallbackToLogsOnError</c> takes the tail of the log.</summary>
    public string? TerminationMessagePolicy { get; init; }
}

/// <summary>One environment variable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; null where it is taken from elsewhere.</param>
public sealed record EnvironmentVariable(string Name, string? Value);

/// <summary>One mounted volume.</summary>
/// <param name="Name">The volume's name.</param>
/// <param name="MountPath">Where it appears.</param>
public sealed record VolumeMount(string Name, string MountPath);

/// <summary>As whom a container runs.</summary>
public sealed record SecurityContext
{
    /// <summary>The numeric user.</summary>
    public long? RunAsUser { get; init; }

    /// <summary>The numeric group.</summary>
    public long? RunAsGroup { get; init; }
}

/// <summary>What one container does.</summary>
public sealed record ContainerStatus
{
    /// <summary>The container's name.</summary>
    public string Name { get => field ?? string.Empty; init; }

    /// <summary>Whether it is ready.</summary>
    public bool Ready { get; init; }

    /// <summary>How often it was started again.</summary>
    public int RestartCount { get; init; }

    /// <summary>Where it is now.</summary>
    public ContainerState? State { get; init; }
}

/// <summary>Where a container is: exactly one member is set.</summary>
public sealed record ContainerState
{
    /// <summary>It waits to start, and why.</summary>
    public ContainerWaiting? Waiting { get; init; }

    /// <summary>It has ended, and how.</summary>
    public ContainerTerminated? Terminated { get; init; }
}

/// <summary>Why a container waits.</summary>
public sealed record ContainerWaiting
{
    /// <summary>A word for machines, for example <c>ImagePullBackOff</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>A sentence for people.</summary>
    public string? Message { get; init; }
}

/// <summary>How a container ended.</summary>
public sealed record ContainerTerminated
{
    /// <summary>The exit code; 0 is success.</summary>
    public int ExitCode { get; init; }

    /// <summary>A word for machines, for example <c>OOMKilled</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>The container's last words.</summary>
    public string? Message { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}
