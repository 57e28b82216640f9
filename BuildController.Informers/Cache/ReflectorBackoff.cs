using BuildController.Informers.Execution;

namespace BuildController.Informers.Cache;

/// <summary>
/// The one back-off of a reflector, for lists and watches alike: 0.8 s, doubling up to 30 s, each with up to as much again
/// of jitter. It starts afresh when the last delay is two minutes past, so a server that stays down keeps it at its cap.
/// </summary>
internal sealed class ReflectorBackoff(ReflectorOptions options, OperatorRuntime runtime)
{
    private static readonly TimeSpan ResetAfter = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(5);

    private TimeSpan next = options.InitialBackoff;
    private long lastEnd = runtime.Time.GetTimestamp();

    /// <param name="atLeast">What the server asked for, heeded up to five minutes; null if it did not say.</param>
    /// <param name="stop">Ends the waiting.</param>
    public async Task WaitAsync(TimeSpan? atLeast, CancellationToken stop)
    {
        if (runtime.Time.GetElapsedTime(lastEnd) >= ResetAfter)
            next = options.InitialBackoff;

        TimeSpan delay = next * (1 + runtime.NextDouble());
        next = TimeSpan.FromTicks(Math.Min(next.Ticks * 2, Math.Max(options.MaxBackoff.Ticks, options.InitialBackoff.Ticks)));
        if (atLeast > delay)
            delay = atLeast < LongestAsked ? atLeast.Value : LongestAsked;

        await Task.Delay(delay, runtime.Time, stop);
        lastEnd = runtime.Time.GetTimestamp();
    }
}
