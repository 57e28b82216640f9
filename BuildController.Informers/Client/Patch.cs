using System.Text.Json.Nodes;

namespace BuildController.Informers.Client;

/// <summary>How the body of a patch is to be understood.</summary>
public enum PatchKind
{
    /// <summary>RFC 7386: given members replace, null removes, lists are replaced whole.</summary>
    JsonMerge,

    /// <summary>RFC 6902: a list of operations.</summary>
    Json,

    /// <summary>Kubernetes' merge that knows the keys of lists; core kinds only.</summary>
    StrategicMerge,

    /// <summary>Server-side apply: the fields that this manager wants to own.</summary>
    Apply,
}

/// <summary>A change to an object.</summary>
public sealed class Patch
{
    private Patch(PatchKind kind, ReadOnlyMemory<byte> body)
    {
        Kind = kind;
        Body = body;
    }

    /// <summary>How the body is to be understood.</summary>
    public PatchKind Kind { get; }

    /// <summary>The patch, as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The media type of the body.</summary>
    public string MediaType => Kind switch
    {
        PatchKind.Json => "application/json-patch+json",
        PatchKind.StrategicMerge => "application/strategic-merge-patch+json",
        PatchKind.Apply => "application/apply-patch+yaml",
        _ => "application/merge-patch+json",
    };

    /// <summary>A JSON merge patch.</summary>
    /// <param name="change">The members to set; a null value removes the member. Put a resourceVersion in its metadata to make it conditional.</param>
    public static Patch Merge(JsonObject change) => new(PatchKind.JsonMerge, Utf8(change));

    /// <summary>A patch of any kind.</summary>
    public static Patch Of(PatchKind kind, ReadOnlyMemory<byte> utf8Json) => new(kind, utf8Json);

    private static byte[] Utf8(JsonNode node) => System.Text.Encoding.UTF8.GetBytes(node.ToJsonString());
}
