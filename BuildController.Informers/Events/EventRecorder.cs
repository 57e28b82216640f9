using System.Threading.Channels;
using BuildController.Informers.Client;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Events;

/// <summary>
/// Writes a component's events to the API server as core/v1 Events, as client-go's recorder does: on a task of its own, one after the
/// other; the same event is counted, similar ones are combined, and an object that has too many loses some. docs/events.md
/// says what people see and what is dropped when.
/// </summary>
/// <remarks>
/// Make one for each component and clientset, and share it: what it knows about earlier events is its own. Disposing ends it: a wait for a server
/// that does not answer ends at once, and what still waits is tried once, for at most
/// <see cref="EventRecorderOptions.FlushTimeout"/>. Then no task and no timer is left. Events recorded later are dropped.
/// </remarks>
/// <example>
/// <code>
/// await using var events = new EventRecorder(clientset, "image-builder");
/// events.Record(Resources.MachineConfigPools, pool, EventType.Warning, "BuildFailed", "The image was not built: out of disk.");
/// </code>
/// </example>
public sealed partial class EventRecorder : IEventRecorder, IAsyncDisposable
{
    private static readonly TimeSpan FloodLogInterval = TimeSpan.FromSeconds(10);

    private readonly EventRecorderOptions options;
    private readonly OperatorRuntime runtime;
    private readonly ILogger logger;
    private readonly EventComposer composer;
    private readonly EventCorrelator correlator;
    private readonly EventWriter writer;
    private readonly EventRecorderMetrics metrics;
    private readonly IDisposable observation;
    private readonly Channel<Occurrence> waiting;
    private readonly LogThrottle fullLog;
    private readonly LogThrottle invalidLog;
    private readonly LogThrottle lateLog;
    private readonly CancellationTokenSource closing = new();
    private readonly CancellationTokenSource stop = new();
    private readonly long startedAt;
    private readonly Task pump;
    private int isDisposed;
    private int inHand;
    private long stopped;
    private long dropped;

    /// <summary>Starts a recorder.</summary>
    /// <param name="clientset">Where events are written to; it stays the caller's. It needs the verbs create and patch on events.</param>
    /// <param name="component">Who they come from.</param>
    /// <param name="options">How to work; null for the defaults.</param>
    /// <param name="runtime">Clock, scheduler, randomness, logs and metrics; null for <see cref="OperatorRuntime.Default"/>.</param>
    /// <exception cref="ArgumentException">The component is empty or an option makes no sense; the message names it.</exception>
    public EventRecorder(IClientset clientset, string component, EventRecorderOptions? options = null, OperatorRuntime? runtime = null)
    {
        ArgumentNullException.ThrowIfNull(clientset);
        ArgumentException.ThrowIfNullOrEmpty(component);
        this.options = options ?? new EventRecorderOptions();
        this.options.Validate();
        this.runtime = runtime ?? OperatorRuntime.Default;
        logger = this.runtime.LoggerFactory.CreateLogger<EventRecorder>();
        composer = new EventComposer(component, this.options.Instance);
        correlator = new EventCorrelator(this.options);
        writer = new EventWriter(clientset.Resource(CoreEvent.ResourceType), this.options, this.runtime, logger);
        waiting = Channel.CreateBounded<Occurrence>(
            new BoundedChannelOptions(this.options.QueueCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        (fullLog, invalidLog, lateLog) = (NewThrottle(), NewThrottle(), NewThrottle());
        startedAt = this.runtime.Time.GetTimestamp();
        metrics = EventRecorderMetrics.Of(this.runtime);
        observation = metrics.Observe(() => waiting.Reader.Count + Volatile.Read(ref inHand));
        pump = this.runtime.Start(PumpAsync);
    }

    /// <summary>How many events were not written so far, for whatever reason.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <inheritdoc/>
    public void Record(ObjectReference about, EventType type, string reason, string message)
    {
        if (about is null || type is not (EventType.Normal or EventType.Warning))
        {
            Discard(EventOutcome.Refused);
            if (invalidLog.TryPass(out long count))
                EventInvalid(logger, reason, about, (int)type, message, count);

            return;
        }

        metrics.Recorded(type);
        var item = new Occurrence(
            about,
            type,
            EventText.Cut(reason ?? string.Empty, EventText.LongestReason),
            EventText.Shorten(message ?? string.Empty),
            runtime.Time.GetUtcNow(),
            runtime.Time.GetElapsedTime(startedAt));
        if (!waiting.Writer.TryWrite(item))
            DropUnqueued(item);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0)
        {
            await pump;
            return;
        }

        waiting.Writer.Complete();
        await using (runtime.Time.CreateTimer(static self => Cancel((EventRecorder)self!, ((EventRecorder)self!).stop), this, options.FlushTimeout, Timeout.InfiniteTimeSpan))
        {
            Cancel(this, closing);
            if (options.FlushTimeout == TimeSpan.Zero)
                Cancel(this, stop);

            await pump;
        }

        // The sources are not disposed: a second caller may be here, and without timers they hold nothing.
        observation.Dispose();
        if (stopped > 0)
            EventsStopped(logger, stopped, options.FlushTimeout.TotalSeconds);

        if (fullLog.TakeUntold() is > 0 and var untold)
            EventsDropped(logger, untold);
    }

    private async Task PumpAsync()
    {
        while (await waiting.Reader.WaitToReadAsync())
        {
            while (waiting.Reader.TryRead(out Occurrence item))
            {
                Volatile.Write(ref inHand, 1);
                EventOutcome outcome = await HandleAsync(item);
                Volatile.Write(ref inHand, 0);
                if (outcome == EventOutcome.Stopped)
                    stopped++;

                if (outcome != EventOutcome.Written)
                    Discard(outcome);
            }
        }
    }

    private async Task<EventOutcome> HandleAsync(Occurrence item)
    {
        if (stop.IsCancellationRequested)
            return EventOutcome.Stopped;

        try
        {
            if (correlator.Correlate(composer.Compose(item), item.Clock) is { } correlated)
                return await writer.WriteAsync(correlated, closing.Token, stop.Token);

            EventIsSpam(logger, item.Reason, item.About, item.Message);
            return EventOutcome.Spam;
        }
        catch (Exception error) // A caller's function or a reference with holes: it must not cost the events that follow.
        {
            EventFailed(logger, item.Reason, item.About, item.Message, error);
            return EventOutcome.Refused;
        }
    }

    private void DropUnqueued(in Occurrence item)
    {
        bool isLate = Volatile.Read(ref isDisposed) != 0;
        Discard(isLate ? EventOutcome.Stopped : EventOutcome.Full);
        if (!(isLate ? lateLog : fullLog).TryPass(out long count))
            return;

        if (isLate)
            EventTooLate(logger, item.Reason, item.About, item.Message, count);
        else
            EventQueueFull(logger, item.Reason, item.About, options.QueueCapacity, item.Message, count);
    }

    private void Discard(EventOutcome outcome)
    {
        Interlocked.Increment(ref dropped);
        metrics.Discarded(outcome);
    }

    private LogThrottle NewThrottle() => new(runtime.Time, FloodLogInterval);

    private static void Cancel(EventRecorder recorder, CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException error)
        {
            // Thrown by what a client registered on the token. It must not keep the rest from stopping.
            CancellationFailed(recorder.logger, error);
        }
    }
}
