using System.Diagnostics;
using BuildController.Informers.Diagnostics;

namespace BuildController.Informers.WorkQueue;

public sealed partial class WorkQueue<TKey>
{
    /// <inheritdoc/>
    public WorkQueueHealth Health
    {
        get
        {
            lock (gate)
            {
                bool hasWork = !processing.IsEmpty;
                return new WorkQueueHealth
                {
                    Ready = ready.Count,
                    Delayed = delays.Count,
                    Processing = processingCount,
                    LongestRunning = hasWork ? time.GetElapsedTime(keys[processing.First].WorkSince) : null,
                    LongestRunningKey = hasWork ? keys[processing.First].Key.ToString() : null,
                };
            }
        }
    }

    QueueGauges IQueueGauges.Observe()
    {
        lock (gate)
        {
            TimeSpan longest = TimeSpan.Zero;
            TimeSpan unfinished = TimeSpan.Zero;
            for (int slot = processing.First; slot != KeySlot<TKey>.None; slot = keys[slot].Next)
            {
                TimeSpan age = time.GetElapsedTime(keys[slot].WorkSince);
                longest = age > longest ? age : longest;
                unfinished += age;
            }

            return new QueueGauges(ready.Count + againCount, unfinished, longest);
        }
    }

    /// <summary>Tells, by a span that is over already, that a key has waited. Its work goes on from it.</summary>
    private WorkItem<TKey> Trace(WorkItem<TKey> item)
    {
        Activity? around = Activity.Current;
        Activity.Current = null; // It belongs to no other span: it is linked to those in which the key was added.
        DateTimeOffset now = time.GetUtcNow();
        using Activity? span = ActivityNames.Source.StartActivity(
            ActivityNames.QueueWait,
            ActivityKind.Consumer,
            parentContext: default,
            [new(ActivityNames.QueueTag, Name), new(ActivityNames.KeyTag, item.Key.ToString())],
            item.Links,
            now - item.Waited);
        span?.SetEndTime(now.UtcDateTime);
        span?.Stop();
        Activity.Current = around;
        return span is null ? item : item.After(span.Context);
    }
}
