using System.Threading.Channels;
using BuildController.Informers.Api;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Cache;

/// <summary>
/// Calls one handler from a buffer and a task of its own, so that a slow handler delays nobody but itself. What was in the
/// store when it was added is told from a snapshot, which costs nothing to keep.
/// </summary>
internal sealed class HandlerRegistration<T> : IHandlerRegistration
    where T : class
{
    private readonly IResourceEventHandler<T> handler;
    private readonly ResourceType<T> type;
    private readonly ILogger logger;
    private readonly Action<HandlerRegistration<T>> unlink;
    private readonly TaskCompletionSource synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<Notification<T>> buffer = Channel.CreateUnbounded<Notification<T>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task pump;
    private volatile bool removed;
    private long failures;
    private volatile int callingThread;

    /// <param name="handler">Whom to call.</param>
    /// <param name="type">For logs.</param>
    /// <param name="present">What the handler is told first.</param>
    /// <param name="isComplete">Whether that is all of the initial list.</param>
    /// <param name="unlink">Called when the handler is removed.</param>
    /// <param name="logger">For logs.</param>
    /// <param name="runtime">Where the handler is called.</param>
    public HandlerRegistration(
        IResourceEventHandler<T> handler, ResourceType<T> type, IReadOnlyCollection<T> present, bool isComplete,
        Action<HandlerRegistration<T>> unlink, ILogger logger, OperatorRuntime runtime)
    {
        this.handler = handler;
        this.type = type;
        this.logger = logger;
        this.unlink = unlink;
        pump = runtime.Start(() => PumpAsync(present, isComplete));
    }

    public bool HasSynced => synced.Task.IsCompletedSuccessfully;

    public long Failures => Interlocked.Read(ref failures);

    public Task WaitForSyncAsync(CancellationToken cancellationToken) => synced.Task.OnThisScheduler().WaitAsync(cancellationToken);

    public void Enqueue(Notification<T> notification) => buffer.Writer.TryWrite(notification);

    public async ValueTask DisposeAsync()
    {
        removed = true;
        buffer.Writer.TryComplete();
        unlink(this);
        synced.TrySetCanceled();

        // A handler that removes itself would wait for its own return.
        if (callingThread != Environment.CurrentManagedThreadId)
            await pump;
    }

    private async Task PumpAsync(IReadOnlyCollection<T> present, bool isComplete)
    {
        TellPresent(present, isComplete);
        present = [];
        while (await buffer.Reader.WaitToReadAsync())
        {
            while (buffer.Reader.TryRead(out Notification<T> notification))
                Tell(notification);
        }
    }

    private void TellPresent(IReadOnlyCollection<T> present, bool isComplete)
    {
        foreach (T item in present)
            Tell(new Notification<T>(NotificationType.AddedInitially, item));

        if (isComplete)
            Tell(new Notification<T>(NotificationType.Synced));
    }

    private void Tell(Notification<T> notification)
    {
        if (removed)
            return;

        callingThread = Environment.CurrentManagedThreadId;
        try
        {
            Call(notification);
        }
#pragma warning disable CA1031 // Whatever a handler throws must not keep the next event from it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Interlocked.Increment(ref failures);
            logger.HandlerFailed(error, notification.Type, type.Resource, type.KeyOf(notification.Object!));
        }
        finally
        {
            callingThread = 0;
        }
    }

    private void Call(Notification<T> notification)
    {
        T value = notification.Object!;
        switch (notification.Type)
        {
            case NotificationType.Added or NotificationType.AddedInitially:
                handler.OnAdded(new ObjectAdded<T>(value, notification.Type == NotificationType.AddedInitially));
                break;
            case NotificationType.Updated:
                handler.OnUpdated(new ObjectUpdated<T>(notification.Old!, value));
                break;
            case NotificationType.Deleted or NotificationType.DeletedFinalStateUnknown:
                handler.OnDeleted(new ObjectDeleted<T>(value, notification.Type == NotificationType.DeletedFinalStateUnknown));
                break;
            default:
                synced.TrySetResult();
                break;
        }
    }
}
