namespace BuildController.Informers.Events;

/// <summary>What a caller told, as it waits for the recorder's task.</summary>
/// <param name="About">The object.</param>
/// <param name="Type">Whether somebody should look.</param>
/// <param name="Reason">A word for machines, not too long.</param>
/// <param name="Message">A sentence for people, not too long: what waits is bounded.</param>
/// <param name="Time">When it happened, for people.</param>
/// <param name="Clock">When it happened, for measuring: the time since the recorder was made, which no adjustment of a clock moves.</param>
internal readonly record struct Occurrence(ObjectReference About, EventType Type, string Reason, string Message, DateTimeOffset Time, TimeSpan Clock);
