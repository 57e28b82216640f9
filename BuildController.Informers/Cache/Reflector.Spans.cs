using BuildController.Informers.Diagnostics;

namespace BuildController.Informers.Cache;

/// <summary>The spans of lists and watches.</summary>
internal sealed partial class Reflector<T>
{
    private ReflectorSpan? BeginSpan(string name) => ReflectorSpan.Begin(name, Resource, scope.Namespace, runtime.Time);

    /// <summary>Watches, from the opening of the watch, or from the end of the list that was streamed on it, until the watch ends.</summary>
    private async Task WatchInSpanAsync(WatchSession<T> session, bool isOpen, CancellationToken stop)
    {
        using ReflectorSpan? span = BeginSpan(ActivityNames.Watch);
        long receivedBefore = session.Received;
        try
        {
            await WatchAsync(session, isOpen, span, stop);
            if (session.IsSilent)
                span?.WasSilent();
        }
        catch (Exception error) when (!stop.IsCancellationRequested)
        {
            span?.Fail(error is WatchInterruptedException interruption ? interruption.InnerException! : error);
            throw;
        }
        finally
        {
            span?.Count(ActivityNames.EventsTag, session.Received - receivedBefore);
        }
    }
}
