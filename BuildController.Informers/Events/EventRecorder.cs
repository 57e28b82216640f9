using System.Globalization;
using System.Threading.Channels;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Events;

/// <summary>
/// Writes events to the API server, one after the other, on a task of its own. Disposing writes what still waits, for at
/// most <see cref="FlushTimeout"/>, and ends the task.
/// </summary>
public sealed partial class EventRecorder : IEventRecorder, IAsyncDisposable
{
    private const int LongestMessage = 1024;
    private const int Capacity = 1000;

    private readonly IResourceClient<CoreEvent> client;
    private readonly OperatorRuntime runtime;
    private readonly string component;
    private readonly ILogger logger;
    private readonly Channel<CoreEvent> waiting;
    private readonly CancellationTokenSource stop = new();
    private readonly Task pump;
    private long sequence;
    private long dropped;

    /// <summary>Starts a recorder.</summary>
    /// <param name="clientset">Where events are written to.</param>
    /// <param name="component">Who they come from.</param>
    /// <param name="runtime">Clock, scheduler and logs.</param>
    public EventRecorder(IClientset clientset, string component, OperatorRuntime? runtime = null)
    {
        this.runtime = runtime ?? OperatorRuntime.Default;
        this.component = component;
        client = clientset.Resource(CoreEvent.ResourceType);
        logger = this.runtime.LoggerFactory.CreateLogger<EventRecorder>();
        waiting = Channel.CreateBounded<CoreEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        pump = this.runtime.Start(PumpAsync);
    }

    /// <summary>How long disposing waits for events to be written. The default is 2 seconds.</summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many events were dropped: too many were waiting, or the server refused them.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <inheritdoc/>
    public void Record(ObjectReference about, EventType type, string reason, string message)
    {
        DateTimeOffset now = runtime.Time.GetUtcNow();
        var item = new CoreEvent
        {
            Metadata = new ObjectMeta
            {
                Name = UniqueName(about.Name, now),
                Namespace = about.Namespace ?? "default",
            },
            InvolvedObject = about,
            Type = type.ToString(),
            Reason = reason,
            Message = message.Length <= LongestMessage ? message : string.Concat(message.AsSpan(0, LongestMessage - 1), "…"),
            Source = new EventSource(component),
            FirstTimestamp = now,
            LastTimestamp = now,
        };
        if (!waiting.Writer.TryWrite(item))
            Drop(item, error: null);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await using (runtime.Time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), stop, FlushTimeout, Timeout.InfiniteTimeSpan))
            await pump;

        stop.Dispose();
    }

    private async Task PumpAsync()
    {
        while (await waiting.Reader.WaitToReadAsync())
        {
            while (waiting.Reader.TryRead(out CoreEvent? item))
                await WriteAsync(item);
        }
    }

    private async Task WriteAsync(CoreEvent item)
    {
        try
        {
            await client.CreateAsync(item, stop.Token);
        }
        catch (ApiException error)
        {
            Drop(item, error);
        }
        catch (OperationCanceledException error)
        {
            Drop(item, error);
        }
    }

    private void Drop(CoreEvent item, Exception? error)
    {
        Interlocked.Increment(ref dropped);
        EventDropped(logger, item.Reason, item.InvolvedObject.Kind, item.InvolvedObject.Name, item.Message, error);
    }

    /// <summary>Unique over restarts by the time, and within one tick by the counter; short enough to leave room for the object's name.</summary>
    private string UniqueName(string about, DateTimeOffset now)
    {
        string suffix = (now.UtcTicks + Interlocked.Increment(ref sequence)).ToString("x16", CultureInfo.InvariantCulture);
        return $"{(about.Length <= 230 ? about : about[..230])}.{suffix}";
    }

    [LoggerMessage(EventId = 5000, EventName = nameof(EventDropped), Level = LogLevel.Warning, Message = "Event {Reason} of {Kind} {Name} was dropped: {Text}")]
    private static partial void EventDropped(ILogger logger, string reason, string kind, string name, string text, Exception? error);
}
