using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Diagnostics;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Cache;

/// <summary>The initial list taken as a watch stream that goes on as the watch (KEP-3157).</summary>
internal sealed partial class Reflector<T>
{
    private const int LongestInAll = 10;
    private const int ClosesToEndure = 2;
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromHours(1);

    /// <summary>When the server showed that it does not stream lists.</summary>
    private long? notStreamedSince;

    /// <summary>What came of a list that is being streamed; null at other times.</summary>
    private Dictionary<ObjectKey, T>? streaming;

    private bool IsStreamWanted =>
        options.UseWatchList && (notStreamedSince is not { } since || runtime.Time.GetElapsedTime(since) >= AskAgainAfter);

    /// <summary>Takes the list as a stream.</summary>
    /// <returns>The watch that goes on behind the list; null if a list has to be asked for.</returns>
    private async Task<WatchSession<T>?> StreamListAsync(CancellationToken stop)
    {
        int closes = 0;
        while (IsStreamWanted)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                return await StreamOnceAsync(stop);
            }
            catch (WatchInterruptedException interruption)
            {
                await ReportAndWaitAsync(interruption.InnerException!, "asks again for the stream", stop);
            }
            catch (ListNotEndedException error) when (error.WasClosed && closes < ClosesToEndure)
            {
                closes++;
                await ReportAndWaitAsync(error, "asks again for the stream", stop);
            }
            catch (ApiException error) when (!isVersionUnavailable && (error.IsExpired || error.IsResourceVersionTooLarge))
            {
                logger.VersionUnavailable(Resource, scope.Namespace, lastVersion, error.Message);
                isVersionUnavailable = true;
            }
#pragma warning disable CA1031 // Whatever it is, a list may work.
            catch (Exception error) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
            {
                FallBack(error);
                return null;
            }
        }

        return null;
    }

    /// <summary>A server that is down or forbids says nothing of what it can: then only this one list is asked for in the old way.</summary>
    private void FallBack(Exception error)
    {
        bool isUnable = error is ListNotEndedException or ApiException
        {
            Reason: ApiErrorReason.Invalid or ApiErrorReason.BadRequest or ApiErrorReason.MethodNotAllowed
                or ApiErrorReason.NotAcceptable or ApiErrorReason.UnsupportedMediaType,
        };
        if (isUnable)
            notStreamedSince = runtime.Time.GetTimestamp();

        logger.NotStreamed(Resource, scope.Namespace, error.Message, isUnable ? $"{runtime.Time.GetUtcNow() + AskAgainAfter:u}" : "the next list");
    }

    private async Task<WatchSession<T>> StreamOnceAsync(CancellationToken stop)
    {
        var session = new WatchSession<T>(options.WatchListTimeout, runtime.Time, stop);
        using ReflectorSpan? span = BeginSpan(ActivityNames.List);
        try
        {
            (List<T> items, string version) = await CollectAsync(session, span, stop);
            metrics.Listed(Resource);
            span?.Count(ActivityNames.ObjectsTag, items.Count);
            span?.Dispose();
            session.Wait(patience);
            ValueTask replacing = new(ReplaceAsync(items, version, stop));
            await (replacing.IsCompletedSuccessfully ? replacing : session.WhileHeldUp(replacing));
            Health.Succeeded();
            return session;
        }
        catch (Exception error)
        {
            streaming = null;
            await session.DisposeAsync();
            stop.ThrowIfCancellationRequested();
            Exception cause = session.IsSilent
                ? new ListNotEndedException($"no object and no end of the list came for {options.WatchListTimeout.TotalSeconds} s", wasClosed: false)
                : error;
            metrics.Listed(Resource, cause.InnerException ?? cause);
            span?.Fail(cause.InnerException ?? cause);
            if (ReferenceEquals(cause, error))
                throw;

            throw cause;
        }
    }

    /// <summary>Reads up to the bookmark that ends the list. No version is learnt before it: the objects come in no order of versions.</summary>
    private async Task<(List<T> Items, string Version)> CollectAsync(WatchSession<T> session, ReflectorSpan? span, CancellationToken stop)
    {
        Dictionary<ObjectKey, T> items = streaming = [];
        intake.BeginList();
        await OpenAsync(session, OptionsToStream(session), span, stop);
        Health.Contact();
        while (await session.MoveNextAsync())
        {
            stop.ThrowIfCancellationRequested();
            WatchEvent<T> received = session.Current;
            Note(session, isProgress: received.Type == WatchEventType.Added);
            switch (received.Type)
            {
                case WatchEventType.Error:
                    throw Understood(received.Error!);
                case WatchEventType.Bookmark when received.EndsInitialEvents:
                    streaming = null;
                    return ([.. items.Values], received.ResourceVersion);
                case WatchEventType.Bookmark:
                    break;
                default:
                    Collect(items, received);
                    break;
            }

            if (session.Age > options.WatchListTimeout * LongestInAll)
                throw new ListNotEndedException($"the list had not ended after {session.Age.TotalSeconds:0} s", wasClosed: false);
        }

        throw session.IsSilent ? new OperationCanceledException() : new ListNotEndedException("the stream was closed before the end of the list", wasClosed: true);
    }

    private void Collect(Dictionary<ObjectKey, T> items, WatchEvent<T> received)
    {
        if (received.Type == WatchEventType.Deleted)
        {
            if (intake.KeyOf(received.Object!) is { } gone)
            {
                items.Remove(gone);
                intake.Forget(gone);
            }
        }
        else if (intake.AdmitListed(received.Object!) is { } value)
        {
            items[client.Type.KeyOf(value)] = value;
        }
    }

    private WatchOptions OptionsToStream(WatchSession<T> session) => OptionsToWatch(session) with
    {
        ResourceVersion = isVersionUnavailable ? null : lastVersion,
        SendInitialEvents = true,
    };

    /// <summary>An object cannot be decoded: the list keeps what the store had of it.</summary>
    private static void Keep(Dictionary<ObjectKey, T> items, ObjectKey key, T? kept)
    {
        if (kept is not null)
            items[key] = kept;
        else
            items.Remove(key);
    }

    /// <summary>The stream did not come to the end of the list.</summary>
    private sealed class ListNotEndedException(string message, bool wasClosed) : Exception(message)
    {
        public bool WasClosed => wasClosed;
    }
}
