using System.IO.Compression;
using System.Text.Json.Nodes;

namespace BuildController.Tests.Informers.Client.Conformance;

/// <summary>What a server answered.</summary>
internal sealed record RawAnswer(int Code, string? MediaType, IReadOnlyList<string> Encodings, IReadOnlyList<string> Warnings, byte[] Body)
{
    /// <summary>The body's JSON object, unpacked if it was packed.</summary>
    public JsonObject Json
    {
        get
        {
            if (!Encodings.Contains("gzip"))
                return (JsonObject)JsonNode.Parse(Body)!;

            using var unpacked = new GZipStream(new MemoryStream(Body), CompressionMode.Decompress);
            return (JsonObject)JsonNode.Parse(unpacked)!;
        }
    }

    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}
