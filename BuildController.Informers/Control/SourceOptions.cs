using BuildController.Informers.Cache;
using BuildController.Informers.WorkQueue;

namespace BuildController.Informers.Control;

/// <summary>Which events of a resource bring keys into a controller's queue, and how.</summary>
/// <typeparam name="T">The object type.</typeparam>
public sealed record SourceOptions<T>
    where T : class
{
    /// <summary>Which objects are copied, and what is kept of them; null, the default, for all of the factory's namespace.</summary>
    public InformerOptions<T>? Informer { get; init; }

    /// <summary>How the events come; null, the default, for the defaults.</summary>
    public HandlerOptions? Handler { get; init; }

    /// <summary>
    /// Which events count; see <see cref="Predicates"/>. An event that does not is forgotten, so it must depend on nothing but the event. The
    /// default, null, lets all count.
    /// </summary>
    public Func<InformerChange<T>, bool>? Where { get; init; }

    /// <summary>How long a key waits after an event, so that a burst of events is answered once. The default is zero: not at all.</summary>
    public TimeSpan After { get; init; }

    /// <summary>
    /// With which priority its keys come. The default, null, is <see cref="WorkPriority.Low"/> for what is there at the start and for resyncs,
    /// and <see cref="WorkPriority.Normal"/> for changes.
    /// </summary>
    public int? Priority { get; init; }
}
