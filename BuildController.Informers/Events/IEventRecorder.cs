namespace BuildController.Informers.Events;

/// <summary>Tells people about objects, by events. Safe for concurrent use.</summary>
public interface IEventRecorder
{
    /// <summary>
    /// Records an event. Never blocks and never throws: events are best effort, and when too many wait the newest are dropped,
    /// counted and logged.
    /// </summary>
    /// <param name="about">The object.</param>
    /// <param name="type">Whether somebody should look.</param>
    /// <param name="reason">A word for machines, UpperCamelCase.</param>
    /// <param name="message">A sentence for people; shortened to 1024 characters.</param>
    void Record(ObjectReference about, EventType type, string reason, string message);
}
