namespace BuildController.Informers.Events;

/// <summary>Who an event comes from.</summary>
/// <param name="Component">The component's name.</param>
/// <param name="Host">Where it runs, a node or a pod; null where that says nothing.</param>
public sealed record EventSource(string? Component, string? Host = null);
