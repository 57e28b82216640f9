using System.Text.Json;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Events;

/// <summary>
/// Writes one event, and stays with it while the server does not answer. Throws nothing that a client throws: whatever happens comes out
/// as an outcome, logged.
/// </summary>
internal sealed class EventWriter(IResourceClient<CoreEvent> client, EventRecorderOptions options, OperatorRuntime runtime, ILogger logger)
{
    private const string NamespaceTerminating = "NamespaceTerminating";

    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(5);

    /// <param name="item">The event; an update if its count is above one.</param>
    /// <param name="closing">Ends a wait between two tries. The next try is then the last.</param>
    /// <param name="stop">Ends a try.</param>
    public async Task<EventOutcome> WriteAsync(CoreEvent item, CancellationToken closing, CancellationToken stop)
    {
        for (int tries = 1; ; tries++)
        {
            bool isLast = tries >= options.Tries;
            bool isClosing = closing.IsCancellationRequested;
            Exception error;
            try
            {
                await SendAsync(item, stop);
                return EventOutcome.Written;
            }
            catch (Exception failure) // Whatever a client throws: the next event must have its turn.
            {
                error = failure;
            }

            if (stop.IsCancellationRequested)
                return EventOutcome.Stopped;

            if (!MayPass(error))
                return Refuse(item, tries, error);

            if (isClosing || isLast)
                return GiveUp(item, tries, error, isClosing);

            TimeSpan delay = Delay(tries, (error as ApiException)?.RetryAfter);
            logger.EventRetried(error, item.Reason, item.InvolvedObject, tries, delay.TotalSeconds);
            await WaitAsync(delay, closing);
        }
    }

    /// <summary>
    /// Whether the same request may succeed later. Where there was no answer, it may. An answer is the last word, as in
    /// client-go, whose transport repeats what a server asks to repeat: only that is repeated here too.
    /// </summary>
    private static bool MayPass(Exception error) => error switch
    {
        ApiException failure when failure.Code == 0 && ApiErrorReasons.CodeOf(failure.Reason) == 0 => true,
        ApiException failure => failure is { RetryAfter: not null, IsTransient: true },
        ArgumentException or InvalidOperationException => false, // Clients refuse so what they would refuse again.
        _ => true,
    };

    private async Task SendAsync(CoreEvent item, CancellationToken stop)
    {
        if (item.Count > 1 && await TryUpdateAsync(item, stop))
            return;

        await client.CreateAsync(item, stop);
    }

    /// <returns>False if the event is not there, or not any more: servers keep events for an hour.</returns>
    private async Task<bool> TryUpdateAsync(CoreEvent item, CancellationToken stop)
    {
        var update = new EventUpdate(item.Count, item.Message, item.LastTimestamp);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(update, EventJsonContext.Default.EventUpdate);
        try
        {
            await client.PatchAsync(CoreEvent.ResourceType.KeyOf(item), Patch.Of(PatchKind.JsonMerge, body), stop);
            return true;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return false;
        }
    }

    /// <summary>The first wait is random, so that many recorders do not come back at once to a server that was away.</summary>
    private TimeSpan Delay(int tries, TimeSpan? asked)
    {
        TimeSpan delay = tries == 1 ? options.RetryInterval * runtime.NextDouble() : options.RetryInterval;
        if (asked > LongestAsked)
            asked = LongestAsked;

        return asked > delay ? asked.Value : delay;
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken closing)
    {
        try
        {
            await Task.Delay(delay, runtime.Time, closing);
        }
        catch (OperationCanceledException)
        {
            // The next try is the last.
        }
    }

    private EventOutcome Refuse(CoreEvent item, int tries, Exception error)
    {
        switch (error)
        {
            case ApiException { IsAlreadyExists: true } when tries > 1:
                return EventOutcome.Written; // By an earlier try, whose answer was lost.

            case ApiException failure when failure.IsAlreadyExists || failure.Causes.Any(static cause => cause.Type == NamespaceTerminating):
                logger.EventNotWanted(error, item.Reason, item.InvolvedObject, item.Message);
                break;

            default:
                logger.EventRefused(error, item.Reason, item.InvolvedObject, item.Message);
                break;
        }

        return EventOutcome.Refused;
    }

    private EventOutcome GiveUp(CoreEvent item, int tries, Exception error, bool isClosing)
    {
        logger.EventGivenUp(error, item.Reason, item.InvolvedObject, tries, item.Message);
        return isClosing ? EventOutcome.Stopped : EventOutcome.GaveUp;
    }
}
