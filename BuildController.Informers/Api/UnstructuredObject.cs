using System.Text.Json;

namespace BuildController.Informers.Api;

/// <summary>An object of any kind, kept as it came: its JSON with every field, and its metadata decoded.</summary>
public sealed class UnstructuredObject : IKubernetesObject
{
    /// <summary>Wraps an object.</summary>
    /// <param name="root">The object's JSON. It must stay valid: of a disposed <see cref="JsonDocument"/>, pass a clone.</param>
    /// <exception cref="JsonException">The value is not a JSON object, or its metadata is malformed.</exception>
    public UnstructuredObject(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new JsonException($"A Kubernetes object must be a JSON object, not {root.ValueKind}.");

        Root = root;
        Metadata = root.TryGetProperty("metadata", out JsonElement metadata)
            ? metadata.Deserialize(ApiJsonContext.Default.ObjectMeta) ?? new ObjectMeta()
            : new ObjectMeta();
    }

    /// <summary>The whole object.</summary>
    public JsonElement Root { get; }

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; }

    /// <summary>The object's <c>apiVersion</c>, or empty.</summary>
    public string ApiVersion => Text("apiVersion");

    /// <summary>The object's <c>kind</c>, or empty.</summary>
    public string Kind => Text("kind");

    /// <summary>Reads an object from JSON text.</summary>
    /// <exception cref="JsonException">The text is not a JSON object, or its metadata is malformed.</exception>
    public static UnstructuredObject Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json, JsonDepth.Document);
        return new UnstructuredObject(document.RootElement.Clone());
    }

    /// <summary>The object's JSON.</summary>
    public override string ToString() => Root.GetRawText();

    private string Text(string property) =>
        Root.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
}

/// <summary>Reads and writes <see cref="UnstructuredObject"/>.</summary>
internal sealed class UnstructuredCodec : IObjectCodec<UnstructuredObject>
{
    public static readonly UnstructuredCodec Instance = new();

    public UnstructuredObject Read(ref Utf8JsonReader reader) => new(JsonElement.ParseValue(ref reader));

    public UnstructuredObject Read(ReadOnlySpan<byte> utf8Json) => new(JsonElement.Parse(utf8Json, JsonDepth.Document));

    public void Write(Utf8JsonWriter writer, UnstructuredObject value) => value.Root.WriteTo(writer);
}
