using BuildController.Informers.Api;

namespace BuildController.Informers.Testing;

/// <summary>One page of a list, as the server keeps the objects.</summary>
/// <param name="Items">The objects' whole JSON in UTF-8, with <c>apiVersion</c> and <c>kind</c>, by namespace and name.</param>
/// <param name="Metadata">The list's own version and the token of the next page.</param>
public sealed record StoredList(IReadOnlyList<ReadOnlyMemory<byte>> Items, ListMetadata Metadata);

/// <summary>One event of a watch, as the server sends it.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Json">
/// What goes into the event's <c>object</c> field, in UTF-8: the object; for a bookmark an object of the kind that has only a
/// resourceVersion and, where it ends the initial events, the annotation <c>k8s.io/initial-events-end</c>; for an error a Status.
/// </param>
/// <param name="ResourceVersion">How far the stream has come with it; empty for an error.</param>
public readonly record struct StoredEvent(WatchEventType Type, ReadOnlyMemory<byte> Json, string ResourceVersion);
