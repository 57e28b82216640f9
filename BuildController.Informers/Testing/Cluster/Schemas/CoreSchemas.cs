using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>The parts that the schemas of the core kinds are put together from.</summary>
internal static class CoreSchemas
{
    public static SchemaNode Text { get; } = new() { Type = "string" };

    public static SchemaNode Whole { get; } = new() { Type = "integer" };

    public static SchemaNode Truth { get; } = new() { Type = "boolean" };

    /// <summary>A value that is kept as it is.</summary>
    public static SchemaNode Anything { get; } = new() { PreservesUnknownFields = true };

    public static SchemaNode Texts { get; } = new() { Type = "object", HasAdditional = true, Additional = Text };

    public static SchemaNode Object(params (string Name, SchemaNode Schema)[] members) => new() { Type = "object", Properties = ToDictionary(members) };

    /// <summary>An object of which only some fields are known here: the others are kept.</summary>
    public static SchemaNode OpenObject(params (string Name, SchemaNode Schema)[] members) =>
        new() { Type = "object", Properties = ToDictionary(members), PreservesUnknownFields = true };

    /// <summary>An object that is owned and replaced as a whole.</summary>
    public static SchemaNode AtomicObject(params (string Name, SchemaNode Schema)[] members) =>
        new() { Type = "object", Properties = ToDictionary(members), IsAtomicMap = true };

    /// <summary>A list that is owned and replaced as a whole.</summary>
    public static SchemaNode ListOf(SchemaNode items) => new() { Type = "array", Items = items };

    public static SchemaNode SetOf(SchemaNode items) => new() { Type = "array", Items = items, List = ListKind.Set };

    /// <summary>A list whose items are told apart by some of their members.</summary>
    public static SchemaNode Map(string[] keys, SchemaNode items) => new() { Type = "array", Items = items, List = ListKind.Map, MapKeys = keys };

    public static SchemaNode TextOr(string fallback) => new() { Type = "string", Default = JsonValue.Create(fallback) };

    /// <summary>A kind: its own fields besides the header.</summary>
    public static SchemaNode Kind(params (string Name, SchemaNode Schema)[] members) =>
        Object([("apiVersion", Text), ("kind", Text), ("metadata", MetadataFields.Node), .. members]);

    private static Dictionary<string, SchemaNode> ToDictionary((string Name, SchemaNode Schema)[] members) =>
        members.ToDictionary(static member => member.Name, static member => member.Schema);
}
