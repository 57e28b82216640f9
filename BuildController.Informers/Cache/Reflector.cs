using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Cache;

/// <summary>
/// Lists a resource and watches it from there, for ever, and writes what it learns to the queue. No failure ends it: it
/// waits and goes on, listing again only where the watch cannot be resumed.
/// </summary>
internal sealed class Reflector<T>(
    IResourceClient<T> client, InformerScope scope, Func<T, T>? transform, Func<ObjectKey, T?> known, DeltaFifo<T> queue,
    OperatorRuntime runtime, ILogger logger)
    where T : class
{
    private static readonly TimeSpan MinWatchTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan VeryShort = TimeSpan.FromSeconds(1);

    private readonly ReflectorBackoff backoff = new(runtime);
    private readonly ListPager<T> pager = new(client, scope);

    /// <summary>The newest version seen, or null before the first list. Opaque.</summary>
    private string? lastVersion;

    /// <summary>Whether the server cannot serve that version: ask for the newest until a list has come in.</summary>
    private bool isVersionUnavailable;

    public ReflectorHealth Health { get; } = new(runtime.Time);

    private GroupVersionResource Resource => client.Type.Resource;

    /// <summary>Runs until it is told to stop; it throws nothing.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ListAsync(stop);
                await WatchUntilBrokenAsync(stop);
            }
#pragma warning disable CA1031 // Nothing ends the loop but a stop.
            catch (Exception error)
#pragma warning restore CA1031
            {
                await ReportAndWaitAsync(error, "lists again", stop);
            }
        }
    }

    private async Task ListAsync(CancellationToken stop)
    {
        ResourceList<T> list;
        try
        {
            list = await pager.FetchAsync(VersionToList(), AdmitListed, Health.Contact, stop);
        }
        catch (ApiException error) when (!isVersionUnavailable && (error.IsExpired || error.IsResourceVersionTooLarge))
        {
            logger.VersionUnavailable(Resource, scope.Namespace, lastVersion, error.Message);
            isVersionUnavailable = true;
            list = await pager.FetchAsync(VersionToList(), AdmitListed, Health.Contact, stop);
        }

        await queue.AddAsync(Delta<T>.Replaced(list.Items, list.Metadata.ResourceVersion), stop);
        lastVersion = list.Metadata.ResourceVersion;
        isVersionUnavailable = false;
    }

    private string? VersionToList()
    {
        if (isVersionUnavailable)
            return null;

        return string.IsNullOrEmpty(lastVersion) ? "0" : lastVersion;
    }

    /// <summary>Watches again and again; ends by an exception when the watch cannot be resumed.</summary>
    private async Task WatchUntilBrokenAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await WatchOnceAsync(stop);
            }
            catch (WatchInterruptedException interruption)
            {
                await ReportAndWaitAsync(interruption.InnerException!, "resumes the watch", stop);
            }

            stop.ThrowIfCancellationRequested();
        }
    }

    private async Task WatchOnceAsync(CancellationToken stop)
    {
        WatchOptions options = new()
        {
            LabelSelector = scope.LabelSelector,
            FieldSelector = scope.FieldSelector,
            ResourceVersion = lastVersion,
            Timeout = TimeSpan.FromSeconds(Math.Floor(MinWatchTimeout.TotalSeconds * (1 + runtime.NextDouble()))),
        };
        await using IWatchStream<T> stream = await OpenAsync(options, stop);
        if (await ReadAsync(stream, stop))
        {
            throw new ApiException(
                ApiErrorReason.ConnectionLost,
                $"The server, or a proxy before it, ended the watch of {Resource} within {VeryShort.TotalSeconds:0} s and without an event.");
        }
    }

    private async Task<IWatchStream<T>> OpenAsync(WatchOptions options, CancellationToken stop)
    {
        try
        {
            IWatchStream<T> stream = await client.WatchAsync(scope.Namespace, options, stop);
            Health.Succeeded();
            return stream;
        }
        catch (ApiException error) when (error.IsTooManyRequests || error.Reason == ApiErrorReason.ConnectionRefused)
        {
            throw new WatchInterruptedException(error);
        }
    }

    /// <returns>Whether the server closed the stream at once, without an event.</returns>
    private async Task<bool> ReadAsync(IWatchStream<T> stream, CancellationToken stop)
    {
        long start = runtime.Time.GetTimestamp();
        long events = 0;

        // Asked for no version, the server first sends what is there, in no order of versions.
        bool isSynthetic = lastVersion is null or "" or "0";
        try
        {
            await foreach (WatchEvent<T> received in stream.WithCancellation(stop))
            {
                stop.ThrowIfCancellationRequested();
                events++;
                Health.Contact();
                isSynthetic &= received.Type == WatchEventType.Added;
                await TakeAsync(received, isSynthetic, stop);
            }
        }
        catch (ApiException error) when (error.Reason == ApiErrorReason.ConnectionLost && !WasVeryShort())
        {
            throw new WatchInterruptedException(error);
        }

        stop.ThrowIfCancellationRequested();
        return WasVeryShort();

        bool WasVeryShort() => events == 0 && runtime.Time.GetElapsedTime(start) < VeryShort;
    }

    private async ValueTask TakeAsync(WatchEvent<T> received, bool isSynthetic, CancellationToken stop)
    {
        if (received.Type == WatchEventType.Error)
            throw received.Error!.IsTooManyRequests ? new WatchInterruptedException(received.Error) : received.Error;

        string version = isSynthetic ? string.Empty : received.ResourceVersion;
        if (received.Type == WatchEventType.Bookmark)
            await queue.AddAsync(Delta<T>.Bookmark(version), stop);
        else if (Admit(received.Object!) is { } value)
            await queue.AddAsync(received.Type == WatchEventType.Deleted ? Delta<T>.Deleted(value, version) : Delta<T>.Upserted(value, version), stop);

        if (version.Length > 0)
            lastVersion = version;
    }

    /// <summary>
    /// Takes the instance that is in the store already when it is of the same version: a list of what has not changed then
    /// holds nothing twice, and transforms nothing twice.
    /// </summary>
    private T? AdmitListed(T value)
    {
        try
        {
            MetadataView listed = client.Type.Metadata(value);
            if (listed.ResourceVersion.Length > 0 && known(listed.Key) is { } present)
            {
                MetadataView stored = client.Type.Metadata(present);
                if (stored.ResourceVersion == listed.ResourceVersion && stored.Uid == listed.Uid)
                    return present;
            }
        }
#pragma warning disable CA1031
        catch (Exception error)
#pragma warning restore CA1031
        {
            logger.ObjectSkipped(error, Resource);
            return null;
        }

        return Admit(value);
    }

    /// <summary>Transforms an object and makes sure that it can be stored, so that one bad object stops no others.</summary>
    private T? Admit(T value)
    {
        if (transform is not null)
        {
            try
            {
                value = transform(value);
            }
#pragma warning disable CA1031 // Whatever a caller's function throws concerns this object alone.
            catch (Exception error)
#pragma warning restore CA1031
            {
                logger.TransformFailed(error, Resource);
            }
        }

        try
        {
            if (!string.IsNullOrEmpty(client.Type.KeyOf(value).Name))
                return value;

            logger.ObjectSkipped(null, Resource);
        }
#pragma warning disable CA1031
        catch (Exception error)
#pragma warning restore CA1031
        {
            logger.ObjectSkipped(error, Resource);
        }

        return null;
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

        try
        {
            await backoff.WaitAsync((error as ApiException)?.RetryAfter, stop);
        }
        catch (OperationCanceledException)
        {
            logger.Stopped(Resource, scope.Namespace);
        }
    }

    /// <summary>The watch can go on from the last version, after a while.</summary>
    private sealed class WatchInterruptedException(ApiException cause) : Exception(cause.Message, cause);
}
