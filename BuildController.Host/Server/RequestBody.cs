using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Host.Server.Protobuf;
using BuildController.Informers.Client;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace BuildController.Host.Server;

/// <summary>Reads the bodies of writes: JSON, YAML, and protobuf of the small core kinds.</summary>
internal static class RequestBody
{
    /// <summary>The most that a body may hold, as on a real server.</summary>
    public const long MaxLength = 3 * 1024 * 1024;

    /// <summary>
    /// The most that is read of a body before the connection is broken off: more than <see cref="MaxLength"/>, so that a client
    /// whose body is too large comes to read the answer.
    /// </summary>
    public const long MaxDrained = 16 * MaxLength;

    private const string ObjectTypes = "application/json, application/yaml";
    private const string PatchTypes =
        "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml";

    // A member given twice has no one meaning, and JsonNode would only find out when it is read.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads an object; null if there is no body.</summary>
    public static async Task<JsonObject?> ReadObjectAsync(HttpRequest request)
    {
        byte[] body = await ReadBytesAsync(request);
        if (body.Length == 0)
            return null;

        JsonNode? value = MediaType(request) switch
        {
            "" or "application/json" => Parse(body),
            "application/yaml" or "application/x-yaml" or "text/yaml" => Parse(ToJson(body)),
            ProtobufBody.MediaType => FromProtobuf(body),
            _ => throw Refusal.UnsupportedMediaType(ObjectTypes),
        };
        return value as JsonObject ?? throw Refusal.BadRequest("the body of the request must be an object");
    }

    /// <summary>Reads a patch of any kind.</summary>
    public static async Task<Patch> ReadPatchAsync(HttpRequest request)
    {
        PatchKind kind = MediaType(request) switch
        {
            "application/merge-patch+json" => PatchKind.JsonMerge,
            "application/json-patch+json" => PatchKind.Json,
            "application/strategic-merge-patch+json" => PatchKind.StrategicMerge,
            "application/apply-patch+yaml" => PatchKind.Apply,
            _ => throw Refusal.UnsupportedMediaType(PatchTypes),
        };
        byte[] body = await ReadBytesAsync(request);
        if (kind == PatchKind.Apply)
            body = ToJson(body);

        Parse(body);
        return Patch.Of(kind, body);
    }

    private static async Task<byte[]> ReadBytesAsync(HttpRequest request)
    {
        if (request.ContentLength > MaxLength)
            throw Refusal.TooLarge(MaxLength);

        PipeReader reader = request.BodyReader;
        while (true)
        {
            ReadResult read = await reader.ReadAsync(request.HttpContext.RequestAborted);
            if (read.Buffer.Length > MaxLength)
                throw Refusal.TooLarge(MaxLength);

            if (read.IsCompleted)
            {
                byte[] body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static string MediaType(HttpRequest request) =>
        string.IsNullOrEmpty(request.ContentType) ? string.Empty
        : MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) ? type.MediaType.Value!.ToLowerInvariant()
        : throw Refusal.BadRequest($"malformed Content-Type '{request.ContentType}'");

    private static JsonNode? Parse(byte[] json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: Strict);
        }
        catch (JsonException error)
        {
            throw Refusal.BadRequest($"the body of the request is malformed JSON: {error.Message}");
        }
    }

    private static JsonObject FromProtobuf(byte[] body)
    {
        try
        {
            return ProtobufBody.Read(body) ?? throw Refusal.UnsupportedMediaType(ObjectTypes);
        }
        catch (FormatException error)
        {
            throw Refusal.BadRequest($"the body of the request is malformed protobuf: {error.Message}");
        }
    }

    private static byte[] ToJson(byte[] yaml)
    {
        // JSON is YAML too, and what most clients send.
        if (yaml.AsSpan().TrimStart(" \r\n\t"u8) is [(byte)'{', ..] && IsJson(yaml))
            return yaml;

        try
        {
            return YamlToJson.Convert(Encoding.UTF8.GetString(yaml));
        }
        catch (FormatException error)
        {
            throw Refusal.BadRequest($"the body of the request is malformed YAML: {error.Message}");
        }
    }

    private static bool IsJson(byte[] text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
