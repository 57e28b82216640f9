using System.Text.Json;

namespace BuildController.Informers.Api;

/// <summary>
/// Reads objects of one type from UTF-8 JSON and writes them. Implementations are called from several threads at once and
/// keep nothing of the reader's buffer.
/// </summary>
/// <typeparam name="T">The object type.</typeparam>
public interface IObjectCodec<T>
    where T : class
{
    /// <summary>
    /// Reads one object. The reader stands on its <c>{</c> and is left on its <c>}</c>; all of the object is in the
    /// reader's buffer.
    /// </summary>
    /// <exception cref="JsonException">The JSON is not an object of this type.</exception>
    T Read(ref Utf8JsonReader reader);

    /// <summary>
    /// Reads one object from a JSON text that is nothing else. A codec over System.Text.Json overrides it: given a reader, the
    /// serializer scans ahead for the object's end before it parses.
    /// </summary>
    /// <exception cref="JsonException">The JSON is not an object of this type.</exception>
    T Read(ReadOnlySpan<byte> utf8Json)
    {
        var reader = new Utf8JsonReader(utf8Json, JsonDepth.Reader);
        reader.Read();
        return Read(ref reader);
    }

    /// <summary>Writes the object as one JSON object. <c>apiVersion</c> and <c>kind</c> may be left out: <see cref="ResourceType{T}"/> adds them.</summary>
    void Write(Utf8JsonWriter writer, T value);
}
