using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildController.Informers.Api;

/// <summary>Times as Kubernetes writes them (meta/v1 Time): UTC, whole seconds, ending in Z. Reads any RFC 3339 time.</summary>
internal sealed class Rfc3339Converter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Rfc3339.Format(value));
}
