namespace BuildController.Informers.Events;

/// <summary>
/// Tells people about objects, by events. Safe for concurrent use. In unit tests, give <see cref="Testing.FakeEventRecorder"/> instead.
/// </summary>
public interface IEventRecorder
{
    /// <summary>
    /// Records an event. Never blocks and never throws: events are best effort, and what cannot be written is dropped, counted and
    /// logged. Events are written in the order in which they were recorded; the same event again is counted in the first.
    /// </summary>
    /// <param name="about">The object.</param>
    /// <param name="type">Whether somebody should look. A value that is none of the enum's is dropped.</param>
    /// <param name="reason">A word for machines, UpperCamelCase; cut to 128 characters.</param>
    /// <param name="message">A sentence for people; shortened to 1024 characters. Everybody who may read events or logs reads it: it must hold no secrets.</param>
    void Record(ObjectReference about, EventType type, string reason, string message);
}
