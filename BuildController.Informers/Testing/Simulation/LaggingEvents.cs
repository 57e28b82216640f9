using BuildController.Informers.Testing.Faults;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>A watch whose events are on the way for a while, so that every cache is behind, and each by another time.</summary>
internal sealed class LaggingEvents(IAsyncEnumerable<StoredEvent> events, Lot lot, SimulatedWorld world, TimeProvider time) : IAsyncEnumerable<StoredEvent>
{
    public async IAsyncEnumerator<StoredEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        Lot own = lot;
        await foreach (StoredEvent item in events.WithCancellation(cancellationToken))
        {
            await world.LatencyAsync(ref own, time, cancellationToken);
            yield return item;
        }
    }
}
