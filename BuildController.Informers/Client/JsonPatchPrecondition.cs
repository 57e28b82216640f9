using System.Text.Json;

namespace BuildController.Informers.Client;

/// <summary>Tells whether a JSON patch (RFC 6902) holds for one version of the object only.</summary>
internal static class JsonPatchPrecondition
{
    private const string VersionPath = "/metadata/resourceVersion";

    /// <summary>
    /// Whether it tests the version, or sets it, which API servers take for the same. A test of anything else is not enough:
    /// the patch may leave what it tests as it is, as one that tests the UID and appends to a list.
    /// </summary>
    public static bool IsOnVersion(ReadOnlyMemory<byte> patch)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(patch);
            return document.RootElement.ValueKind == JsonValueKind.Array && document.RootElement.EnumerateArray().Any(NamesVersion);
        }
        catch (JsonException)
        {
            return false; // The server will say so.
        }
    }

    private static bool NamesVersion(JsonElement operation) =>
        operation.ValueKind == JsonValueKind.Object
        && Text(operation, "op") is "test" or "replace" or "add"
        && Text(operation, "path") == VersionPath
        && Text(operation, "value") is { Length: > 0 };

    private static string? Text(JsonElement operation, string member) =>
        operation.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
