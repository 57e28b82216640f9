namespace BuildController.Informers.LeaderElection;

/// <summary>Which lease decides who leads, and how fast. All candidates for a lease should be given the same times.</summary>
/// <remarks>
/// The clocks of candidates may show any time, and may run at different speeds: up to a ratio of <see cref="LeaseDuration"/> to
/// <see cref="RenewDeadline"/>, 1.5 by default, two never lead at once. A candidate takes over from a holder that vanished
/// <see cref="LeaseDuration"/> after its last sign of life, plus up to 2.2 times <see cref="RetryPeriod"/>.
/// </remarks>
public sealed record LeaderElectionOptions
{
    /// <summary>client-go's: a candidate tries again after the retry period and up to so many times it more.</summary>
    internal const double JitterFactor = 1.2;

    /// <summary>The namespace of the lease. Must be set.</summary>
    public string Namespace { get; set; } = string.Empty;

    /// <summary>The name of the lease: candidates for one lease compete. Must be set.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>
    /// Who this candidate is. It must be unique among all that run: two of one identity both take the lease for their own. The default,
    /// null, is the machine's name and a random suffix, a new one for each elector.
    /// </summary>
    public string? Identity { get; set; }

    /// <summary>How long others leave a lease alone that they do not see renewed. Written in whole seconds, rounded up. The default is 15 seconds.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long after the sending of its last successful renewal the holder leads. The default is 10 seconds. What is left to
    /// <see cref="LeaseDuration"/> allows for clocks of different speed, and for writes that are under way.
    /// </summary>
    public TimeSpan RenewDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The time between two tries to renew the lease or to get it, the latter with jitter. The default is 2 seconds.</summary>
    public TimeSpan RetryPeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether to give the lease up in a stop, so that another candidate leads at once. The default is true.</summary>
    public bool ReleaseOnStop { get; set; } = true;

    /// <summary>Labels that the lease is given; others that it has stay. The default is none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; set; }

    /// <summary>How long one request may take: as client-go advises, so that one that hangs leaves time for a second.</summary>
    internal TimeSpan RequestTimeout => RenewDeadline / 2 > TimeSpan.FromSeconds(1) ? RenewDeadline / 2 : TimeSpan.FromSeconds(1);

    /// <summary>Rounded up: rounded down, others might take a lease that its holder still counts on.</summary>
    internal int LeaseDurationSeconds => (int)Math.Ceiling(LeaseDuration.TotalSeconds);

    internal void Validate()
    {
        if (string.IsNullOrEmpty(Namespace))
            throw Invalid(nameof(Namespace), "is empty: say in which namespace the lease is, usually the one that the process runs in");
        if (string.IsNullOrEmpty(Name))
            throw Invalid(nameof(Name), "is empty: give the lease a name that all candidates share, usually the operator's");
        if (Identity is { Length: 0 })
            throw Invalid(nameof(Identity), "is empty: give each process one of its own, or leave it null for a random one");

        ThrowIfNotPositive(LeaseDuration, nameof(LeaseDuration));
        ThrowIfNotPositive(RenewDeadline, nameof(RenewDeadline));
        ThrowIfNotPositive(RetryPeriod, nameof(RetryPeriod));
        if (LeaseDuration <= RenewDeadline)
            throw Invalid(nameof(LeaseDuration), $"of {LeaseDuration} is not longer than {nameof(RenewDeadline)} of {RenewDeadline}: raise the one or lower the other, or others take the lease while its holder still leads");
        if (RenewDeadline <= RetryPeriod * JitterFactor)
            throw Invalid(nameof(RenewDeadline), $"of {RenewDeadline} is not longer than {JitterFactor:0.0} times {nameof(RetryPeriod)} of {RetryPeriod}: raise the one or lower the other, or one failed renewal ends the term");
    }

    private static void ThrowIfNotPositive(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero)
            throw Invalid(name, $"of {value} is not a positive time: leave it out for the default");
    }

    private static ArgumentException Invalid(string name, string fault) => new($"{nameof(LeaderElectionOptions)}.{name} {fault}.", name);
}
