using System.Threading.Channels;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Tests.Informers.Cache;

/// <summary>
/// Answers lists and watches from a script and notes what was asked. A list beyond the script waits for ever; a watch
/// beyond it is a stream on which nothing happens until the test says so.
/// </summary>
internal sealed class ScriptedServer : IClientset, IResourceClient<Widget>
{
    private readonly Queue<Func<Action<Widget>, ListMetadata>> lists = new();
    private readonly Queue<Func<ScriptedWatch>> watches = new();

    private Action<UndecodableObject>? onUndecodable;

    public ResourceType<Widget> Type { get; set; } = Widget.Resource;

    public TimeProvider? Time { get; init; }

    public List<ListOptions> ListRequests { get; } = [];

    public List<WatchOptions> WatchRequests { get; } = [];

    public List<DateTimeOffset> WatchTimes { get; } = [];

    public List<DateTimeOffset> ListTimes { get; } = [];

    public List<string?> Namespaces { get; } = [];

    public List<ScriptedWatch> Watches { get; } = [];

    public ScriptedWatch LastWatch => Watches[^1];

    /// <summary>The versions that lists asked for, "" for the newest.</summary>
    public IEnumerable<string> ListVersions => ListRequests.Select(request => request.ResourceVersion ?? "");

    public ScriptedServer List(int version, params Widget[] items) => Page(version, null, items);

    public ScriptedServer Page(int version, string? next, params Widget[] items)
    {
        lists.Enqueue(visit =>
        {
            Array.ForEach(items, visit);
            return new ListMetadata { ResourceVersion = $"{version}", Continue = next };
        });
        return this;
    }

    /// <summary>A list in which one object cannot be decoded.</summary>
    public ScriptedServer ListWithPoison(int version, UndecodableObject poisoned, params Widget[] items)
    {
        lists.Enqueue(visit =>
        {
            Array.ForEach(items, visit);
            onUndecodable!(poisoned);
            return new ListMetadata { ResourceVersion = $"{version}" };
        });
        return this;
    }

    public ScriptedServer ListFails(Exception error, params Widget[] before)
    {
        lists.Enqueue(visit =>
        {
            Array.ForEach(before, visit);
            throw error;
        });
        return this;
    }

    public ScriptedServer Watch(params WatchEvent<Widget>[] events)
    {
        watches.Enqueue(() => new ScriptedWatch().Send(events));
        return this;
    }

    public ScriptedServer WatchAndClose(params WatchEvent<Widget>[] events)
    {
        watches.Enqueue(() => new ScriptedWatch().Send(events).Close());
        return this;
    }

    public ScriptedServer WatchFails(Exception error)
    {
        watches.Enqueue(() => throw error);
        return this;
    }

    public IResourceClient<T> Resource<T>(ResourceType<T> type)
        where T : class
    {
        Type = (ResourceType<Widget>)(object)type;
        return (IResourceClient<T>)(object)this;
    }

    public async Task<ListMetadata> ListAsync(string? @namespace, ListOptions options, Action<Widget> visit, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Namespaces.Add(@namespace);
        ListRequests.Add(options with { OnUndecodable = null });
        onUndecodable = options.OnUndecodable;
        ListTimes.Add(Time?.GetUtcNow() ?? default);
        if (lists.TryDequeue(out Func<Action<Widget>, ListMetadata>? answer))
            return answer(visit);

        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        throw new InvalidOperationException("Unreachable.");
    }

    public Task<IWatchStream<Widget>> WatchAsync(string? @namespace, WatchOptions options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        WatchRequests.Add(options with { OnUndecodable = null });
        WatchTimes.Add(Time?.GetUtcNow() ?? default);
        try
        {
            ScriptedWatch watch = watches.TryDequeue(out Func<ScriptedWatch>? answer) ? answer() : new ScriptedWatch();
            watch.OnUndecodable = options.OnUndecodable;
            Watches.Add(watch);
            return Task.FromResult<IWatchStream<Widget>>(watch);
        }
        catch (Exception error)
        {
            return Task.FromException<IWatchStream<Widget>>(error);
        }
    }

    public Task<Widget> GetAsync(ObjectKey key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<Widget> CreateAsync(Widget value, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<Widget> ReplaceAsync(Widget value, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<Widget> PatchAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<Widget> PatchStatusAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task DeleteAsync(ObjectKey key, DeleteOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}

/// <summary>One scripted stream. It counts its disposals and obeys cancellation only where <see cref="IgnoresCancellation"/> is not set.</summary>
internal sealed class ScriptedWatch : IWatchStream<Widget>
{
    private readonly Channel<WatchEvent<Widget>> events = Channel.CreateUnbounded<WatchEvent<Widget>>();

    public int Disposals { get; private set; }

    public bool IgnoresCancellation { get; set; }

    /// <summary>What the reader wants to be told of objects that cannot be decoded.</summary>
    public Action<UndecodableObject>? OnUndecodable { get; set; }

    public ScriptedWatch Send(params WatchEvent<Widget>[] sent)
    {
        foreach (WatchEvent<Widget> one in sent)
            events.Writer.TryWrite(one);

        return this;
    }

    public ScriptedWatch Close(Exception? error = null)
    {
        events.Writer.TryComplete(error);
        return this;
    }

    public async IAsyncEnumerator<WatchEvent<Widget>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await events.Reader.WaitToReadAsync(IgnoresCancellation ? default : cancellationToken))
        {
            while (events.Reader.TryRead(out WatchEvent<Widget> one))
                yield return one;
        }
    }

    public ValueTask DisposeAsync()
    {
        Disposals++;
        return ValueTask.CompletedTask;
    }
}

internal static class Events
{
    public static WatchEvent<Widget> Added(Widget widget) => WatchEvent<Widget>.Of(WatchEventType.Added, widget, widget.Version);

    public static WatchEvent<Widget> Modified(Widget widget) => WatchEvent<Widget>.Of(WatchEventType.Modified, widget, widget.Version);

    public static WatchEvent<Widget> Deleted(Widget widget) => WatchEvent<Widget>.Of(WatchEventType.Deleted, widget, widget.Version);

    public static WatchEvent<Widget> Bookmark(int version) => WatchEvent<Widget>.Bookmark($"{version}");

    public static WatchEvent<Widget> EndOfList(int version) => WatchEvent<Widget>.Bookmark($"{version}", endsInitialEvents: true);

    public static WatchEvent<Widget> Failed(ApiException error) => WatchEvent<Widget>.Failed(error);

    public static ApiException Error(int code, string reason = "", string message = "", int? retryAfterSeconds = null, params ApiStatusCause[] causes) => new(new ApiStatus
    {
        Code = code,
        Reason = reason,
        Message = message,
        Details = new ApiStatusDetails { Causes = causes, RetryAfterSeconds = retryAfterSeconds },
    });

    public static ApiException Expired => Error(410, "Expired", "The resourceVersion is too old.");

    public static ApiException Refused => new(ApiErrorReason.ConnectionRefused, "Nothing listens.");
}
