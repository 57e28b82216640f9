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
    private Patch(PatchKind kind, ReadOnlyMemory<byte> body, string? fieldManager = null, bool force = false)
    {
        Kind = kind;
        Body = body;
        FieldManager = fieldManager;
        Force = force;
    }

    /// <summary>How the body is to be understood.</summary>
    public PatchKind Kind { get; }

    /// <summary>The patch, as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Who owns the fields that a server-side apply sets; null for the other kinds.</summary>
    public string? FieldManager { get; }

    /// <summary>Whether a server-side apply takes fields that another manager owns, instead of a conflict.</summary>
    public bool Force { get; }

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

    /// <summary>A server-side apply.</summary>
    /// <param name="fields">The fields to own, with the object's apiVersion, kind and metadata.</param>
    /// <param name="fieldManager">Who owns them.</param>
    /// <param name="force">Whether to take fields that another manager owns; otherwise the server answers a conflict.</param>
    public static Patch Apply(JsonObject fields, string fieldManager, bool force = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(fieldManager);
        return new Patch(PatchKind.Apply, Utf8(fields), fieldManager, force);
    }

    /// <summary>A patch of any kind but <see cref="PatchKind.Apply"/>, which needs a field manager.</summary>
    public static Patch Of(PatchKind kind, ReadOnlyMemory<byte> utf8Json) => new(kind, utf8Json);

    private static byte[] Utf8(JsonNode node) => System.Text.Encoding.UTF8.GetBytes(node.ToJsonString());
}
