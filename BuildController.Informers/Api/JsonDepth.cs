using System.Text.Json;

namespace BuildController.Informers.Api;

/// <summary>
/// How deep the JSON of an object may be. The usual limit of 64 is too low: schemas in custom resource definitions go
/// deeper. The limit is that of <see cref="Utf8JsonWriter"/>, so what was read can be written.
/// </summary>
internal static class JsonDepth
{
    private const int Max = 1000;

    public static JsonReaderOptions Reader { get; } = new() { MaxDepth = Max };

    public static JsonDocumentOptions Document { get; } = new() { MaxDepth = Max };
}
