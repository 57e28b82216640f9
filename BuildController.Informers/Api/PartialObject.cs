using System.Text.Json;

namespace BuildController.Informers.Api;

/// <summary>
/// An object of any kind of which only the metadata is kept, as Kubernetes' PartialObjectMetadata: enough to see that
/// something changed, what it belongs to and how it is labelled, and no secret in memory. See <see cref="ResourceType{T}.MetadataOnly"/>.
/// </summary>
public sealed class PartialObject : IKubernetesObject
{
    /// <summary>Wraps metadata.</summary>
    public PartialObject(ObjectMeta metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        Metadata = metadata;
    }

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; }

    /// <summary>The object's key.</summary>
    public override string ToString() => MetadataView.Of(Metadata).Key.ToString();
}

/// <summary>Reads the metadata and skips the rest.</summary>
internal sealed class PartialObjectCodec : IObjectCodec<PartialObject>
{
    public static readonly PartialObjectCodec Instance = new();

    private readonly ProjectionCodec<PartialObject> projection = new(Read);

    public PartialObject Read(ref Utf8JsonReader reader) => projection.Read(ref reader);

    public PartialObject Read(ReadOnlySpan<byte> utf8Json) => projection.Read(utf8Json);

    public void Write(Utf8JsonWriter writer, PartialObject value)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("metadata"u8);
        JsonSerializer.Serialize(writer, value.Metadata, ApiJsonContext.Default.ObjectMeta);
        writer.WriteEndObject();
    }

    private static PartialObject Read(ref JsonCursor json)
    {
        ObjectMeta? metadata = null;
        if (!json.BeginObject())
            throw new JsonException("A Kubernetes object must be a JSON object.");

        while (json.NextMember())
        {
            if (json.Is("metadata"u8))
                metadata = ObjectMeta.Read(ref json);
            else
                json.Skip();
        }

        return new PartialObject(metadata ?? new ObjectMeta());
    }
}
