namespace BuildController.Informers.Testing.Simulation;

/// <summary>How a simulated process is treated.</summary>
public sealed record ProcessOptions
{
    /// <summary>
    /// Whether nothing goes wrong with it: for the surroundings of what is tested, as a kubelet. Its requests take their time all the same. The
    /// default is false.
    /// </summary>
    public bool IsUndisturbed { get; init; }

    /// <summary>How long a process that died by itself is down before it is started again. The default is 10 seconds.</summary>
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromSeconds(10);
}
