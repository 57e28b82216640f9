using System.Runtime.InteropServices;
using System.Text.Json;

namespace BuildController.Informers.Api;

/// <summary>Reads by a function over a <see cref="JsonCursor"/>; writes nothing.</summary>
internal sealed class ProjectionCodec<T>(JsonRead<T> read) : IObjectCodec<T>
    where T : class
{
    public T Read(ref Utf8JsonReader reader)
    {
        // The reader does not hand out the bytes that it stands in; the document holds a copy of the object's.
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return Read(JsonMarshal.GetRawUtf8Value(document.RootElement));
    }

    public T Read(ReadOnlySpan<byte> utf8Json)
    {
        var json = new JsonCursor(utf8Json);
        T value = read(ref json);
        json.End();
        return value;
    }

    public void Write(Utf8JsonWriter writer, T value) =>
        throw new NotSupportedException($"{typeof(T).Name} is a projection, made to be read: change the object by a patch.");
}
