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

    public PartialObject Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("A Kubernetes object must be a JSON object.");

        ObjectMeta? metadata = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isMetadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            if (isMetadata)
                metadata = JsonSerializer.Deserialize(ref reader, ApiJsonContext.Default.ObjectMeta);
            else
                reader.Skip();
        }

        return new PartialObject(metadata ?? new ObjectMeta());
    }

    public void Write(Utf8JsonWriter writer, PartialObject value)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("metadata"u8);
        JsonSerializer.Serialize(writer, value.Metadata, ApiJsonContext.Default.ObjectMeta);
        writer.WriteEndObject();
    }
}
