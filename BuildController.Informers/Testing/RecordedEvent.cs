using BuildController.Informers.Events;

namespace BuildController.Informers.Testing;

/// <summary>An event as a <see cref="FakeEventRecorder"/> was given it.</summary>
/// <param name="About">The object.</param>
/// <param name="Type">Whether somebody should look.</param>
/// <param name="Reason">A word for machines.</param>
/// <param name="Message">A sentence for people.</param>
public sealed record RecordedEvent(ObjectReference About, EventType Type, string Reason, string Message)
{
    /// <summary><c>type reason message</c>, as client-go's fake recorder has it.</summary>
    public override string ToString() => $"{Type} {Reason} {Message}";
}
