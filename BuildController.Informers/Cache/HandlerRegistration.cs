using BuildController.Informers.Api;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Cache;

/// <summary>Calls one handler from a task of its own, so that it holds up others only where its delivery says so.</summary>
internal sealed class HandlerRegistration<T> : IHandlerRegistration
    where T : class
{
    private readonly IResourceEventHandler<T> handler;
    private readonly ResourceType<T> type;
    private readonly ILogger logger;
    private readonly Action<HandlerRegistration<T>> unlink;
    private readonly TaskCompletionSource synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task pump;
    private long failures;
    private volatile int callingThread;

    /// <param name="handler">Whom to call.</param>
    /// <param name="listener">What to call it for; the registration closes it.</param>
    /// <param name="type">For logs.</param>
    /// <param name="unlink">Called when the handler is removed.</param>
    /// <param name="logger">For logs.</param>
    /// <param name="runtime">Where the handler is called.</param>
    public HandlerRegistration(
        IResourceEventHandler<T> handler, Listener<T> listener, ResourceType<T> type,
        Action<HandlerRegistration<T>> unlink, ILogger logger, OperatorRuntime runtime)
    {
        this.handler = handler;
        this.type = type;
        this.logger = logger;
        this.unlink = unlink;
        Listener = listener;
        pump = runtime.Start(PumpAsync);
    }

    public Listener<T> Listener { get; }

    public bool HasSynced => synced.Task.IsCompletedSuccessfully;

    public long Failures => Interlocked.Read(ref failures);

    public Task WaitForSyncAsync(CancellationToken cancellationToken) => synced.Task.OnThisScheduler().WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Listener.Close();
        unlink(this);
        synced.TrySetCanceled();

        // A handler that removes itself would wait for its own return.
        if (callingThread != Environment.CurrentManagedThreadId)
            await pump;
    }

    private async Task PumpAsync()
    {
        while (await Listener.WaitAsync())
        {
            while (Listener.TryNext(out Notification<T> notification))
                Tell(notification);
        }
    }

    private void Tell(Notification<T> notification)
    {
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
            Listener.Failed();
            logger.HandlerFailed(error, Listener.Name, notification.Type, type.Resource, type.KeyOf(notification.Object!));
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
            case NotificationType.Updated or NotificationType.Resynced:
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
