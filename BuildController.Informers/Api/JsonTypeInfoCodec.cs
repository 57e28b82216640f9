using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace BuildController.Informers.Api;

/// <summary>Reads and writes by System.Text.Json's source-generated contracts.</summary>
internal sealed class JsonTypeInfoCodec<T>(JsonTypeInfo<T> typeInfo) : IObjectCodec<T>
    where T : class
{
    public T Read(ref Utf8JsonReader reader) =>
        JsonSerializer.Deserialize(ref reader, typeInfo) ?? throw new JsonException($"Expected a {typeof(T).Name}, found null.");

    public void Write(Utf8JsonWriter writer, T value) => JsonSerializer.Serialize(writer, value, typeInfo);
}
