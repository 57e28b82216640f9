using BuildController.Informers.Api;

namespace BuildController.Informers.Events;

/// <summary>Records events about objects at hand.</summary>
public static class EventRecorderExtensions
{
    /// <summary>Records an event about an object; see <see cref="IEventRecorder.Record"/>.</summary>
    /// <typeparam name="T">The type of the object.</typeparam>
    /// <param name="recorder">Who writes it.</param>
    /// <param name="type">The object's type.</param>
    /// <param name="about">The object.</param>
    /// <param name="eventType">Whether somebody should look.</param>
    /// <param name="reason">A word for machines, UpperCamelCase.</param>
    /// <param name="message">A sentence for people, without secrets.</param>
    public static void Record<T>(this IEventRecorder recorder, ResourceType<T> type, T about, EventType eventType, string reason, string message)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(recorder);
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(about);
        recorder.Record(ObjectReference.To(type, about), eventType, reason, message);
    }
}
