using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace BuildController.Host.Server.Protobuf;

/// <summary>Reads Kubernetes' protobuf into the JSON of the same object.</summary>
internal static class ProtobufBody
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    /// <summary>Reads an object with its <c>apiVersion</c> and <c>kind</c>.</summary>
    /// <returns>Null if the kind is not understood.</returns>
    /// <exception cref="FormatException">The bytes are not Kubernetes' protobuf.</exception>
    public static JsonObject? Read(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith("k8s\0"u8))
            throw new FormatException("the magic number is missing");

        JsonObject envelope = ReadMessage(body[4..], ProtobufSchema.Envelope);
        JsonNode? type = envelope["typeMeta"];
        string? apiVersion = (string?)type?["apiVersion"], kind = (string?)type?["kind"];
        if (ProtobufSchema.Find(apiVersion, kind) is not { } schema)
            return null;

        JsonObject value = ReadMessage(Convert.FromBase64String((string?)envelope["raw"] ?? string.Empty), schema);
        value["apiVersion"] = apiVersion;
        value["kind"] = kind;
        return value;
    }

    private static JsonObject ReadMessage(ReadOnlySpan<byte> bytes, IReadOnlyDictionary<int, ProtobufField> schema)
    {
        var message = new JsonObject();
        while (!bytes.IsEmpty)
        {
            ulong tag = ReadVarint(ref bytes);
            ulong number = 0;
            ReadOnlySpan<byte> content = default;
            switch (tag & 7)
            {
                case 0:
                    number = ReadVarint(ref bytes);
                    break;
                case 1:
                    Take(ref bytes, 8);
                    break;
                case 2:
                    content = Take(ref bytes, ReadVarint(ref bytes));
                    break;
                case 5:
                    Take(ref bytes, 4);
                    break;
                default:
                    throw new FormatException("a field has an unknown wire type");
            }

            if (schema.TryGetValue((int)(tag >> 3), out ProtobufField? field))
                Put(message, field, number, content);
        }

        return message;
    }

    private static void Put(JsonObject message, ProtobufField field, ulong number, ReadOnlySpan<byte> content)
    {
        switch (field.Type)
        {
            case ProtobufType.TextMap or ProtobufType.BytesMap:
                ProtobufType value = field.Type == ProtobufType.TextMap ? ProtobufType.Text : ProtobufType.Bytes;
                PutEntry(Ensure(message, field.Name, static () => new JsonObject()), content, value);
                break;
            case var _ when field.IsList:
                Ensure(message, field.Name, static () => new JsonArray()).Add(ToJson(field, number, content));
                break;

            // Go writes every string and time, also those that are not set and that JSON leaves out.
            case ProtobufType.Text when content.IsEmpty:
                break;
            default:
                if (ToJson(field, number, content) is { } json)
                    message[field.Name] = json;

                break;
        }
    }

    private static void PutEntry(JsonObject map, ReadOnlySpan<byte> content, ProtobufType value)
    {
        JsonObject entry = ReadMessage(content, new Dictionary<int, ProtobufField> { [1] = new("key", ProtobufType.Text), [2] = new("value", value) });
        map[(string?)entry["key"] ?? string.Empty] = (string?)entry["value"] ?? string.Empty;
    }

    private static JsonNode? ToJson(ProtobufField field, ulong number, ReadOnlySpan<byte> content) => field.Type switch
    {
        ProtobufType.Text => Encoding.UTF8.GetString(content),
        ProtobufType.Bytes => Convert.ToBase64String(content),
        ProtobufType.Integer => (long)number,
        ProtobufType.Flag => number != 0,
        ProtobufType.Time => Time(content, "yyyy-MM-dd'T'HH:mm:ss'Z'"),
        ProtobufType.IntOrText => IntOrText(content),
        ProtobufType.MicroTime => Time(content, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"),
        _ => ReadMessage(content, field.Message!),
    };

    private static string? Time(ReadOnlySpan<byte> content, string format)
    {
        JsonObject time = ReadMessage(content, new Dictionary<int, ProtobufField> { [1] = new("seconds", ProtobufType.Integer), [2] = new("nanos", ProtobufType.Integer) });
        long seconds = (long?)time["seconds"] ?? 0, nanos = (long?)time["nanos"] ?? 0;
        if (seconds == 0 && nanos == 0)
            return null;

        try
        {
            return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanos / 100).ToString(format, CultureInfo.InvariantCulture);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new FormatException("a time is out of range", error);
        }
    }

    private static JsonNode IntOrText(ReadOnlySpan<byte> content)
    {
        JsonObject either = ReadMessage(content, new Dictionary<int, ProtobufField>
        {
            [1] = new("isText", ProtobufType.Flag),
            [2] = new("number", ProtobufType.Integer),
            [3] = new("text", ProtobufType.Text),
        });
        return (bool?)either["isText"] == true ? (string?)either["text"] ?? string.Empty : (long?)either["number"] ?? 0;
    }

    private static T Ensure<T>(JsonObject message, string name, Func<T> make)
        where T : JsonNode
    {
        if (message[name] is not T node)
            message[name] = node = make();

        return node;
    }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> bytes, ulong length)
    {
        if (length > (ulong)bytes.Length)
            throw new FormatException("it ends in the middle of a field");

        ReadOnlySpan<byte> taken = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return taken;
    }

    private static ulong ReadVarint(scoped ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Take(ref bytes, 1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new FormatException("a number is too long");
    }
}
