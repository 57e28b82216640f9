namespace BuildController.Host.Simulation;

/// <summary>How fast the simulated kubelet is.</summary>
internal sealed record SimulatedKubeletOptions
{
    /// <summary>From a pod's creation until its containers run. The default is one second.</summary>
    public TimeSpan PullTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>From a build's start to its end. The default is three seconds.</summary>
    public TimeSpan BuildTime { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long containers take to stop when their pod is deleted. The default is half a second.</summary>
    public TimeSpan StopTime { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a pod whose volumes are missing is tried again. The default is one second.</summary>
    public TimeSpan MountRetry { get; init; } = TimeSpan.FromSeconds(1);
}
