using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;

namespace BuildController.Tests.Core.Sync;

/// <summary>A watch that tells old news: after each event the ones before it come once more, as if they had been under way for long.</summary>
internal sealed class StaleEvents(IAsyncEnumerable<StoredEvent> events) : IAsyncEnumerable<StoredEvent>
{
    private const int Remembered = 5;

    public async IAsyncEnumerator<StoredEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        var before = new Queue<StoredEvent>();
        await foreach (StoredEvent item in events.WithCancellation(cancellationToken))
        {
            yield return item;
            if (item.Type is WatchEventType.Bookmark or WatchEventType.Error)
                continue;

            foreach (StoredEvent old in before)
                yield return old;

            before.Enqueue(item);
            if (before.Count > Remembered)
                before.Dequeue();
        }
    }
}
