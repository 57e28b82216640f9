namespace BuildController.Informers.Events;

/// <summary>
/// What events are compared by: null stands for what does not matter. The version of the object never does, and the part
/// of the object only between events that are the same.
/// </summary>
internal readonly record struct EventKey(
    EventSource? Source, ObjectReference About, string? Type, string? Reason, string? Message, string? Component, string? Instance, string? Scope)
{
    /// <summary>The same event: it is counted.</summary>
    public static EventKey Same(CoreEvent item) =>
        new(item.Source, item.InvolvedObject with { ResourceVersion = null }, item.Type, item.Reason, item.Message, null, null, null);

    /// <summary>Events that differ by their message only: from some number on they are combined.</summary>
    public static EventKey Similar(CoreEvent item) =>
        new(item.Source, Whole(item.InvolvedObject), item.Type, item.Reason, null, item.ReportingComponent, item.ReportingInstance, null);

    /// <summary>Events that share a budget.</summary>
    public static EventKey Budget(CoreEvent item, string? scope) => new(item.Source, Whole(item.InvolvedObject), null, null, null, null, null, scope);

    private static ObjectReference Whole(ObjectReference about) => about with { ResourceVersion = null, FieldPath = null };
}
