namespace BuildController.Core.Rebuild;

/// <summary>The numbers that the rebuild machine decides by.</summary>
public sealed record RebuildPolicy
{
    /// <summary>The defaults.</summary>
    public static RebuildPolicy Default { get; } = new();

    /// <summary>How many rebuilds and retries may be tried until one succeeds. The default is 5.</summary>
    public int RetryLimit { get; init; } = 5;

    /// <summary>How long an attempt may take from its acceptance to its end. The default is one hour.</summary>
    public TimeSpan AttemptDeadline { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a build object may be there until it runs. The default is 15 minutes.</summary>
    public TimeSpan PendingDeadline { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long to wait for the digest of a build that has succeeded. The default is one minute.</summary>
    public TimeSpan DigestGrace { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The delay before the first automatic retry; it doubles with each. The default is 10 seconds.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest delay before an automatic retry. The default is 5 minutes.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often to look again at an object that is slow to go. The default is 10 seconds; its deletion is also an event.</summary>
    public TimeSpan DeletionRecheck { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a <c>Degraded</c> that another controller took back stays so before it is asserted again. The default is one
    /// minute; the pool's own <c>ImageBuildDegraded</c> is asserted at once.
    /// </summary>
    public TimeSpan DegradedInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether a pool is built anew by itself when what goes into its image has changed: the custom Containerfile, or the base images in
    /// <c>machine-config-osimageurl</c>. It counts as no retry. The default is false: an admin asks.
    /// </summary>
    public bool RebuildOnInputChange { get; init; }

    /// <summary>The delay before an automatic retry.</summary>
    /// <param name="retriesSoFar">The count of retries that the pool carries.</param>
    public TimeSpan DelayBeforeRetry(int retriesSoFar) =>
        TimeSpan.FromTicks((long)Math.Min(MaxRetryDelay.Ticks, RetryDelay.Ticks * Math.Pow(2, Math.Clamp(retriesSoFar, 0, 32))));
}
