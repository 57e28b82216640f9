using BuildController.Informers.Events;

namespace BuildController.Tests.Informers.Events;

/// <summary>A correlator, and short forms of telling it something.</summary>
internal sealed class CorrelatorScene
{
    public static readonly ObjectReference Pod = new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Namespace = "my-ns",
        Name = "my-pod",
        Uid = "C934D34AFB20242",
        FieldPath = "spec.containers{mycontainer}",
    };

    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, EventComposer> composers = [];

    public CorrelatorScene(EventRecorderOptions? options = null) => Correlator = new EventCorrelator(options ?? new EventRecorderOptions());

    public EventCorrelator Correlator { get; }

    /// <summary>The time of the next event.</summary>
    public TimeSpan Now { get; set; }

    /// <summary>How much later each event happens than the one before.</summary>
    public TimeSpan Step { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Tells the same a number of times; the last result.</summary>
    public CoreEvent? Tell(int times, string reason, string message, ObjectReference? about = null)
    {
        CoreEvent? last = null;
        for (int i = 0; i < times; i++)
            last = Tell(reason, message, about);

        return last;
    }

    public CoreEvent? Tell(string reason, string message, ObjectReference? about = null, EventType type = EventType.Normal, string component = "kubelet")
    {
        if (!composers.TryGetValue(component, out EventComposer? composer))
            composers.Add(component, composer = new EventComposer(component, "node1"));

        CoreEvent item = composer.Compose(new Occurrence(about ?? Pod, type, reason, message, Start + Now, Now));
        CoreEvent? result = Correlator.Correlate(item, Now);
        Now += Step;
        return result;
    }

    /// <summary>Tells events that differ only by their messages.</summary>
    public IReadOnlyList<CoreEvent?> TellSimilar(int count, string reason = "similar", ObjectReference? about = null) =>
        [.. Enumerable.Range(0, count).Select(i => Tell(reason, $"{i} similar message", about))];
}
