using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>A change of an object that is there.</summary>
/// <param name="Type">The resource, in the version of the request.</param>
/// <param name="Subresource">Null for the object itself, or <c>status</c>.</param>
/// <param name="Next">What the object should become.</param>
/// <param name="Kind">How it came about.</param>
/// <param name="Options">How to write.</param>
/// <param name="Owners">Who owns its fields after an apply; null for other writes.</param>
internal sealed record ObjectUpdate(
    ResourceDefinition Type, string? Subresource, JsonObject Next, UpdateKind Kind, WriteOptions Options, JsonArray? Owners = null);

/// <summary>How a change came about.</summary>
internal enum UpdateKind
{
    /// <summary>The client sent the whole object.</summary>
    Replace,

    /// <summary>The client sent a change, out of which the object was worked out.</summary>
    Patch,

    /// <summary>The client applied what it wants.</summary>
    Apply,
}
