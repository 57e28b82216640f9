using System.Diagnostics;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Cache;

/// <summary>
/// Lists a resource and watches it from there, for ever, and writes what it learns to the queue. No failure ends it: it
/// waits and goes on, listing again only where the watch cannot be resumed.
/// </summary>
internal sealed partial class Reflector<T> : IReflectorGauges
    where T : class
{
    private static readonly TimeSpan MinWatchTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxWatchTimeout = 2 * MinWatchTimeout;
    private static readonly TimeSpan VeryShort = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QuietMinute = TimeSpan.FromMinutes(1);

    private readonly IResourceClient<T> client;
    private readonly InformerScope scope;
    private readonly DeltaFifo<T> queue;
    private readonly OperatorRuntime runtime;
    private readonly ILogger logger;
    private readonly ReflectorOptions options;
    private readonly ReflectorMetrics metrics;
    private readonly ReflectorBackoff backoff;
    private readonly ReflectorIntake<T> intake;
    private readonly ListPager<T> pager;

    /// <summary>The newest version seen, or null before the first list. Opaque.</summary>
    private string? lastVersion;

    /// <summary>Whether the server cannot serve that version: ask for the newest until a list has come in.</summary>
    private bool isVersionUnavailable;

    /// <summary>How long the next watch may be silent.</summary>
    private TimeSpan patience;

    /// <summary>Whether the server was last found not to have the resource at all.</summary>
    private bool isMissing;

    private long? firstInternalError;
    private long lastInternalError;

    public Reflector(
        IResourceClient<T> client, InformerScope scope, Func<T, T>? transform, Func<ObjectKey, T?> known, DeltaFifo<T> queue,
        OperatorRuntime runtime, ILogger logger, ReflectorOptions? options = null)
    {
        this.client = client;
        this.scope = scope;
        this.queue = queue;
        this.runtime = runtime;
        this.logger = logger;
        this.options = options ?? ReflectorOptions.Default;
        patience = this.options.WatchIdleTimeout;
        Health = new ReflectorHealth(runtime.Time);
        metrics = ReflectorMetrics.Of(runtime.Meter);
        backoff = new ReflectorBackoff(this.options, runtime);
        intake = new ReflectorIntake<T>(client.Type, transform, known, Health, metrics, logger);
        pager = new ListPager<T>(client, scope, this.options.PageSize);
    }

    public ReflectorHealth Health { get; }

    public GroupVersionResource Resource => client.Type.Resource;

    int IReflectorGauges.QueuedItems => queue.Count;

    TimeSpan? IReflectorGauges.SinceContact => Health.SinceContact;

    /// <summary>Runs until it is told to stop; it throws nothing.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        metrics.Observe(this);
        try
        {
            while (!stop.IsCancellationRequested)
                await ListAndWatchAsync(stop);
        }
        finally
        {
            metrics.Forget(this);
        }
    }

    /// <summary>One list and the watches that could be resumed after it.</summary>
    private async Task ListAndWatchAsync(CancellationToken stop)
    {
        try
        {
            WatchSession<T>? streamed = await StreamListAsync(stop);
            if (streamed is null)
                await ListAsync(stop);

            await WatchUntilBrokenAsync(streamed, stop);
        }
        catch (ApiException error) when (error.IsNotFound && options.TreatMissingAsEmpty && !stop.IsCancellationRequested)
        {
            await TakeAsEmptyAsync(error, stop);
        }
#pragma warning disable CA1031 // Nothing ends the loop but a stop.
        catch (Exception error)
#pragma warning restore CA1031
        {
            await ReportAndWaitAsync(error, "lists again", stop);
        }
    }

    private async Task ListAsync(CancellationToken stop)
    {
        ResourceList<T> list;
        try
        {
            list = await FetchAsync(stop);
        }
        catch (ApiException error) when (!isVersionUnavailable && (error.IsExpired || error.IsResourceVersionTooLarge))
        {
            logger.VersionUnavailable(Resource, scope.Namespace, lastVersion, error.Message);
            isVersionUnavailable = true;
            list = await FetchAsync(stop);
        }

        await ReplaceAsync(list.Items, list.Metadata.ResourceVersion, stop);
    }

    private async Task<ResourceList<T>> FetchAsync(CancellationToken stop)
    {
        string? version = isVersionUnavailable ? null : string.IsNullOrEmpty(lastVersion) ? "0" : lastVersion;
        intake.BeginList();
        using ReflectorSpan? span = BeginSpan(ActivityNames.List);
        span?.Enter();
        try
        {
            ResourceList<T> list = await pager.FetchAsync(version, intake.AdmitListed, intake.Salvage, Health.Contact, stop);
            metrics.Listed(Resource);
            span?.Count(ActivityNames.ObjectsTag, list.Items.Count);
            return list;
        }
        catch (Exception error) when (!stop.IsCancellationRequested)
        {
            metrics.Listed(Resource, error);
            span?.Fail(error);
            throw;
        }
    }

    /// <summary>A whole list has come in.</summary>
    private async Task ReplaceAsync(IReadOnlyList<T> items, string version, CancellationToken stop)
    {
        await queue.AddAsync(Delta<T>.Replaced(items, version), stop);
        lastVersion = version;
        isVersionUnavailable = false;
        isMissing = false;
    }

    /// <summary>The server has no such resource, so there is none of it; it may get it, so it is asked again from time to time.</summary>
    private async Task TakeAsEmptyAsync(ApiException error, CancellationToken stop)
    {
        if (!isMissing)
        {
            logger.NotServed(Resource, error.Message);
            await queue.AddAsync(Delta<T>.Replaced([], string.Empty), stop);
        }

        isMissing = true;
        lastVersion = null;
        Health.Succeeded();
        await PauseAsync(atLeast: null, stop);
    }

    /// <summary>Watches again and again; ends by an exception when the watch cannot be resumed.</summary>
    /// <param name="streamed">A watch that is open already, to go on with; it is disposed here.</param>
    /// <param name="stop">Ends the watching.</param>
    private async Task WatchUntilBrokenAsync(WatchSession<T>? streamed, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await using WatchSession<T> session = streamed ?? new WatchSession<T>(patience, runtime.Time, stop);
                await WatchInSpanAsync(session, isOpen: streamed is not null, stop);
            }
            catch (WatchInterruptedException interruption)
            {
                await ReportAndWaitAsync(interruption.InnerException!, "resumes the watch", stop);
            }

            streamed = null;
            stop.ThrowIfCancellationRequested();
        }
    }

    private async Task WatchAsync(WatchSession<T> session, bool isOpen, ReflectorSpan? span, CancellationToken stop)
    {
        try
        {
            if (!isOpen)
            {
                await OpenAsync(session, OptionsToWatch(session), span, stop);
                Health.Succeeded();
            }

            await ReadAsync(session, stop);
        }
        catch (Exception) when (session.IsSilent && !stop.IsCancellationRequested)
        {
            // Whatever it was, it came of the watchdog's cancellation.
        }

        stop.ThrowIfCancellationRequested();
        if (session.IsSilent)
        {
            NoteSilence();
        }
        else if (session.Received == 0 && session.Age < VeryShort)
        {
            throw new ApiException(
                ApiErrorReason.ConnectionLost,
                $"The server, or a proxy before it, ended the watch of {Resource} within {VeryShort.TotalSeconds:0} s and without an event.");
        }
    }

    private WatchOptions OptionsToWatch(WatchSession<T> session) => new()
    {
        LabelSelector = scope.LabelSelector,
        FieldSelector = scope.FieldSelector,
        ResourceVersion = lastVersion,
        Timeout = RandomTimeout(),
        OnUndecodable = poisoned => PassOver(session, poisoned),
    };

    private TimeSpan RandomTimeout() => TimeSpan.FromSeconds(Math.Floor(MinWatchTimeout.TotalSeconds * (1 + runtime.NextDouble())));

    private async Task OpenAsync(WatchSession<T> session, WatchOptions request, ReflectorSpan? span, CancellationToken stop)
    {
        span?.Enter();
        try
        {
            await session.OpenAsync(client, scope.Namespace, request);
            metrics.Watched(Resource);
        }
        catch (Exception error) when (!stop.IsCancellationRequested)
        {
            metrics.Watched(Resource, error);
            if (error is ApiException { Reason: ApiErrorReason.TooManyRequests or ApiErrorReason.ConnectionRefused } refusal)
                throw new WatchInterruptedException(refusal);

            throw;
        }
    }

    private async Task ReadAsync(WatchSession<T> session, CancellationToken stop)
    {
        // Asked for no version, the server first sends what is there, in no order of versions.
        bool isSynthetic = HasNoVersion;
        try
        {
            while (await session.MoveNextAsync())
            {
                stop.ThrowIfCancellationRequested();
                WatchEvent<T> received = session.Current;
                Note(session);
                isSynthetic &= received.Type == WatchEventType.Added;
                await TakeAsync(session, received, isSynthetic, stop);
            }
        }
        catch (ApiException error) when (error.Reason == ApiErrorReason.ConnectionLost && (session.Received > 0 || session.Age >= VeryShort))
        {
            throw new WatchInterruptedException(error);
        }
    }

    private bool HasNoVersion => lastVersion is null or "" or "0";

    private void Note(WatchSession<T> session, bool isProgress = true)
    {
        long now = runtime.Time.GetTimestamp();
        Health.Contact(now);
        if (isProgress)
            session.Sign(now);

        if (session.Received == 0)
        {
            patience = options.WatchIdleTimeout;
            Health.Heard();
        }

        session.Count();
    }

    private async ValueTask TakeAsync(WatchSession<T> session, WatchEvent<T> received, bool isSynthetic, CancellationToken stop)
    {
        if (received.Type == WatchEventType.Error)
            throw Understood(received.Error!);

        string version = isSynthetic ? string.Empty : received.ResourceVersion;
        if (DeltaOf(received, version) is { } delta)
        {
            ValueTask adding = queue.AddAsync(delta, stop);
            await (adding.IsCompletedSuccessfully ? adding : session.WhileHeldUp(adding));
        }

        if (version.Length > 0)
            lastVersion = version;
    }

    private Delta<T>? DeltaOf(WatchEvent<T> received, string version)
    {
        if (received.Type == WatchEventType.Bookmark)
            return Delta<T>.Bookmark(version);

        if (intake.Admit(received.Object!) is not { } value)
            return null;

        return received.Type == WatchEventType.Deleted ? Delta<T>.Deleted(value, version) : Delta<T>.Upserted(value, version);
    }

    /// <summary>Whether what a server sent in a watch allows the watch to be resumed.</summary>
    private Exception Understood(ApiException error) =>
        error.IsTooManyRequests || IsInternalErrorToRetry(error) ? new WatchInterruptedException(error) : error;

    /// <summary>Other reasons of code 500, as one object that cannot be read from the storage, need a list.</summary>
    private bool IsInternalErrorToRetry(ApiException error)
    {
        if (options.InternalErrorRetryTime <= TimeSpan.Zero || error.Status.Reason is not ("" or nameof(ApiErrorReason.InternalError)) || error.Code != 500)
            return false;

        long now = runtime.Time.GetTimestamp();
        if (firstInternalError is null || runtime.Time.GetElapsedTime(lastInternalError, now) >= QuietMinute)
            firstInternalError = now;

        lastInternalError = now;
        return runtime.Time.GetElapsedTime(firstInternalError.Value, now) <= options.InternalErrorRetryTime;
    }

    /// <summary>An object in the watch cannot be decoded: the version moves on, the store or the list keeps what there was of it.</summary>
    private void PassOver(WatchSession<T> session, UndecodableObject poisoned)
    {
        Note(session);
        T? kept = intake.Salvage(poisoned);
        if (streaming is { } items)
            Keep(items, poisoned.Key, kept);
        else if (!HasNoVersion)
            lastVersion = poisoned.ResourceVersion;
    }

    /// <summary>
    /// The next watch may be silent for longer: the server may be one that sends no bookmarks when there is nothing to say.
    /// </summary>
    private void NoteSilence()
    {
        int count = Health.WasSilent();
        metrics.WasSilent(Resource);
        logger.WatchSilent(Resource, scope.Namespace, patience.TotalSeconds, lastVersion, count);
        long longest = Math.Max(options.WatchIdleTimeout.Ticks, MaxWatchTimeout.Ticks);
        patience = TimeSpan.FromTicks(Math.Min(patience.Ticks * 2, longest));
    }

    /// <summary>Returns early when told to stop.</summary>
    private async Task ReportAndWaitAsync(Exception error, string andThen, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            if (error is not OperationCanceledException)
                logger.FailedWhileStopping(error, Resource, scope.Namespace);

            return;
        }

        Health.Failed(error);
        if (error is ApiException { IsExpired: true })
            logger.WatchExpired(Resource, scope.Namespace, lastVersion);
        else
            logger.Failed(error, Resource, scope.Namespace, error.Message, andThen);

        await PauseAsync((error as ApiException)?.RetryAfter, stop);
    }

    private async Task PauseAsync(TimeSpan? atLeast, CancellationToken stop)
    {
        try
        {
            await backoff.WaitAsync(atLeast, stop);
        }
        catch (OperationCanceledException)
        {
            logger.Stopped(Resource, scope.Namespace);
        }
    }

    /// <summary>The watch can go on from the last version, after a while.</summary>
    private sealed class WatchInterruptedException(ApiException cause) : Exception(cause.Message, cause);
}
