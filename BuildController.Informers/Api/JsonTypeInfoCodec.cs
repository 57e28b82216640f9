using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace BuildController.Informers.Api;

/// <summary>Reads and writes by System.Text.Json's source-generated contracts.</summary>
internal sealed class JsonTypeInfoCodec<T>(JsonTypeInfo<T> typeInfo) : IObjectCodec<T>
    where T : class
{
    public T Read(ref Utf8JsonReader reader) => JsonSerializer.Deserialize(ref reader, typeInfo) ?? throw FoundNull();

    public T Read(ReadOnlySpan<byte> utf8Json) => JsonSerializer.Deserialize(utf8Json, typeInfo) ?? throw FoundNull();

    public void Write(Utf8JsonWriter writer, T value) => JsonSerializer.Serialize(writer, value, typeInfo);

    private static JsonException FoundNull() => new($"Expected a {typeof(T).Name}, found null.");
}
