using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>
/// What a structural schema says of one value: which fields it has, how its lists and maps merge, and when it is valid. Not to be
/// changed once it is in use.
/// </summary>
internal sealed class SchemaNode
{
    private static readonly Dictionary<string, SchemaNode> NoProperties = [];

    public string? Type { get; init; }

    public string? Format { get; init; }

    public IReadOnlyDictionary<string, SchemaNode> Properties { get; init; } = NoProperties;

    /// <summary>Whether the schema says anything of members that it does not name.</summary>
    public bool HasAdditional { get; init; }

    /// <summary>The schema of members that it does not name; null where it only allows or forbids them.</summary>
    public SchemaNode? Additional { get; init; }

    /// <summary>Whether <c>additionalProperties</c> is <c>false</c>.</summary>
    public bool ForbidsAdditional { get; init; }

    public SchemaNode? Items { get; init; }

    /// <summary>Cloned wherever it is used.</summary>
    public JsonNode? Default { get; init; }

    public bool Nullable { get; init; }

    public bool PreservesUnknownFields { get; init; }

    public bool IsIntOrString { get; init; }

    public bool IsEmbeddedResource { get; init; }

    public ListKind List { get; init; }

    /// <summary>The members that tell the items of a <see cref="ListKind.Map"/> apart.</summary>
    public IReadOnlyList<string> MapKeys { get; init; } = [];

    /// <summary>Whether an object is owned and replaced as a whole.</summary>
    public bool IsAtomicMap { get; init; }

    public IReadOnlyList<string> Required { get; init; } = [];

    public JsonArray? Enum { get; init; }

    public string? Pattern { get; init; }

    public Regex? PatternRegex { get; init; }

    public double? Minimum { get; init; }

    public double? Maximum { get; init; }

    public bool ExclusiveMinimum { get; init; }

    public bool ExclusiveMaximum { get; init; }

    public double? MultipleOf { get; init; }

    public long? MinLength { get; init; }

    public long? MaxLength { get; init; }

    public long? MinItems { get; init; }

    public long? MaxItems { get; init; }

    public long? MinProperties { get; init; }

    public long? MaxProperties { get; init; }

    public IReadOnlyList<SchemaNode> AllOf { get; init; } = [];

    public IReadOnlyList<SchemaNode> AnyOf { get; init; } = [];

    public IReadOnlyList<SchemaNode> OneOf { get; init; } = [];

    public SchemaNode? Not { get; init; }

    /// <summary>The schema of a member; null where the schema has none for it.</summary>
    public SchemaNode? Member(string name) => Properties.TryGetValue(name, out SchemaNode? found) ? found : Additional;
}

/// <summary>How the items of a list are told apart.</summary>
internal enum ListKind
{
    /// <summary>Not at all: the list is owned and replaced as a whole.</summary>
    Atomic,

    /// <summary>By their values.</summary>
    Set,

    /// <summary>By some of their members.</summary>
    Map,
}
