using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildController.Informers.LeaderElection;

/// <summary>
/// Times as Kubernetes writes them where seconds are too coarse (meta/v1 MicroTime): UTC, six digits of a second, not one more
/// or less, ending in Z. Reads any RFC 3339 time.
/// </summary>
internal sealed class MicroTimeConverter : JsonConverter<DateTimeOffset>
{
    public static string Format(DateTimeOffset value) => value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));
}
