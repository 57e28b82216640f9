using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Events;
using BuildController.Informers.Testing;
using BuildController.Tests.Informers.Cache;

namespace BuildController.Tests.Informers.Events;

/// <summary>A recorder in virtual time, before a server that does what a test says.</summary>
internal sealed class EventScene
{
    public static readonly ObjectReference Pod = new() { ApiVersion = "v1", Kind = "Pod", Namespace = "default", Name = "foo", Uid = "bar" };

    private readonly List<(FakeRequest Request, double Seconds)> calls = [];
    private readonly DateTimeOffset start;
    private Func<FakeRequest, Exception?> fault = static _ => null;
    private bool hangs;

    public EventScene(EventRecorderOptions? options = null, int seed = 1)
    {
        World = new VirtualWorld(seed, Logs);
        start = World.Time.GetUtcNow();
        Client = new FakeClientset(runtime: World.Runtime);
        Client.AddReactor(async (request, next, cancellationToken) =>
        {
            calls.Add((request, (World.Time.GetUtcNow() - start).TotalSeconds));
            if (hangs)
                await Task.Delay(Timeout.InfiniteTimeSpan, World.Time, cancellationToken);

            return fault(request) is { } error ? throw error : await next();
        });
        Recorder = new EventRecorder(Client, "eventTest", options, World.Runtime);
        World.RunUntilIdle();
    }

    public static ApiException Refused { get; } = new(ApiErrorReason.ConnectionRefused, "Nothing listens there.");

    public VirtualWorld World { get; }

    public FakeClientset Client { get; }

    public CapturingLoggerFactory Logs { get; } = new();

    public EventRecorder Recorder { get; }

    /// <summary>What the server was asked, in order.</summary>
    public IEnumerable<string> Calls => calls.Select(static call => call.Request.Verb);

    /// <summary>When, in seconds since the beginning.</summary>
    public IReadOnlyList<double> Times => [.. calls.Select(static call => call.Seconds)];

    /// <summary>What was sent.</summary>
    public IReadOnlyList<JsonObject> Bodies => [.. calls.Select(static call => (JsonObject)JsonNode.Parse(call.Request.Body.Span)!)];

    public IReadOnlyList<FakeRequest> Requests => [.. calls.Select(static call => call.Request)];

    /// <summary>The events that the server has.</summary>
    public IReadOnlyList<CoreEvent> Stored =>
        [.. World.Run(() => new FakeClientset(Client.Cluster).Resource(CoreEvent.ResourceType).ListAsync(null)).Items.OrderBy(static item => item.Metadata.Name, StringComparer.Ordinal)];

    public IEnumerable<string> Warnings => Logs.Entries.Where(static entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Warning).Select(static entry => entry.Message);

    public static ApiException Answer(int code, string reason, int? retryAfter = null, string? cause = null) => new(new ApiStatus
    {
        Code = code,
        Reason = reason,
        Message = reason,
        Details = new ApiStatusDetails { RetryAfterSeconds = retryAfter, Causes = cause is null ? [] : [new ApiStatusCause { Type = cause }] },
    });

    /// <summary>Decides what each call fails with; null lets it through.</summary>
    public EventScene Fail(Func<FakeRequest, Exception?> decide)
    {
        fault = decide;
        return this;
    }

    public EventScene Fail(Exception error, int times = int.MaxValue)
    {
        int left = times;
        return Fail(_ => left-- > 0 ? error : null);
    }

    public EventScene Heal() => Fail(static _ => null);

    public EventScene Hang(bool isHanging = true)
    {
        hangs = isHanging;
        return this;
    }

    public EventScene Record(string reason, string message, ObjectReference? about = null, EventType type = EventType.Normal)
    {
        Recorder.Record(about ?? Pod, type, reason, message);
        World.RunUntilIdle();
        return this;
    }

    /// <summary>Records events that are neither spam nor similar.</summary>
    public EventScene RecordMany(int count)
    {
        for (int i = 0; i < count; i++)
            Recorder.Record(Pod with { Name = $"foo-{i}" }, EventType.Normal, $"Reason{i}", $"{i}");

        return this;
    }

    public EventScene Advance(double seconds)
    {
        World.Advance(TimeSpan.FromSeconds(seconds));
        return this;
    }

    public void Dispose() => World.Run(async () => await Recorder.DisposeAsync());
}
