using System.Runtime.CompilerServices;
using BuildController.Informers.Api;
using BuildController.Informers.Testing.Cluster;

namespace BuildController.Informers.Testing.Faults;

/// <summary>The events of a watch that something befalls.</summary>
internal sealed class FaultyEvents(IAsyncEnumerable<StoredEvent> events, Fault fault, TimeProvider time) : IAsyncEnumerable<StoredEvent>
{
    public async IAsyncEnumerator<StoredEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        int count = 0;
        if (count == fault.AfterEvents && Ends)
        {
            await foreach (StoredEvent last in EndAsync(cancellationToken))
                yield return last;

            yield break;
        }

        await foreach (StoredEvent item in events.WithCancellation(cancellationToken))
        {
            if (fault.Kind == FaultKind.WatchDelayed && count >= fault.AfterEvents)
                await Task.Delay(fault.Time, time, cancellationToken);

            yield return item;
            if (fault.Kind == FaultKind.WatchDuplicated && count == fault.AfterEvents)
                yield return item;

            if (++count != fault.AfterEvents || !Ends)
                continue;

            await foreach (StoredEvent last in EndAsync(cancellationToken))
                yield return last;

            yield break;
        }
    }

    private bool Ends => fault.Kind is not (FaultKind.WatchDelayed or FaultKind.WatchDuplicated);

    private async IAsyncEnumerable<StoredEvent> EndAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case FaultKind.WatchClosed:
                yield break;
            case FaultKind.WatchHalfOpen:
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
                yield break;
            case FaultKind.WatchExpired:
                yield return new StoredEvent(WatchEventType.Error, StatusJson.Write(new ApiStatus { Code = 410, Reason = "Expired", Message = "too old resource version (a fault)" }), string.Empty);
                yield break;
            case FaultKind.WatchGarbage:
                throw new ApiException(ApiErrorReason.MalformedResponse, "An event of the watch cannot be understood (a fault).");
            default:
                throw new ApiException(ApiErrorReason.ConnectionLost, "The connection of the watch was lost (a fault).");
        }
    }
}
