using BuildController.Informers.Events;

namespace BuildController.Informers.Testing;

/// <summary>
/// A recorder for unit tests: it keeps every event as it was given, at once and in order. Nothing is combined, counted or dropped.
/// Safe for concurrent use.
/// </summary>
/// <example>
/// <code>
/// var events = new FakeEventRecorder();
/// await new MyReconciler(client, events).ReconcileAsync(key, default);
///
/// events.Lines.Should().Equal("Normal BuildStarted Building the image.", "Warning BuildFailed Out of disk.");
/// events.Events[1].About.Name.Should().Be("worker");
/// </code>
/// </example>
public sealed class FakeEventRecorder : IEventRecorder
{
    private readonly Lock gate = new();
    private readonly List<RecordedEvent> events = [];

    /// <summary>The events so far: a copy, which does not change.</summary>
    public IReadOnlyList<RecordedEvent> Events
    {
        get
        {
            lock (gate)
                return [.. events];
        }
    }

    /// <summary>The events so far, each as <c>type reason message</c>: what a test compares to see them in order.</summary>
    public IReadOnlyList<string> Lines => [.. Events.Select(static item => item.ToString())];

    /// <summary>Forgets the events so far.</summary>
    public void Clear()
    {
        lock (gate)
            events.Clear();
    }

    /// <inheritdoc/>
    public void Record(ObjectReference about, EventType type, string reason, string message)
    {
        lock (gate)
            events.Add(new RecordedEvent(about, type, reason, message));
    }
}
