using System.Text.Json;

namespace BuildController.Host.Server.Tables;

/// <summary>Reads members that may be missing or of another type: a table must be made of whatever is stored.</summary>
internal static class JsonElementExtensions
{
    /// <summary>The member at the end of the path, or <see langword="default"/>, of kind Undefined.</summary>
    public static JsonElement At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return default;
        }

        return element;
    }

    /// <summary>The text at the end of the path, or the empty string.</summary>
    public static string Text(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : string.Empty;

    /// <summary>The whole number at the end of the path, or 0.</summary>
    public static long Number(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out long value) ? value : 0;

    public static bool IsTrue(this JsonElement element, params ReadOnlySpan<string> path) => element.At(path).ValueKind == JsonValueKind.True;

    public static bool Exists(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>The items of the list at the end of the path; empty if there is none.</summary>
    public static IReadOnlyList<JsonElement> Items(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];

    /// <summary>How many members the object at the end of the path has.</summary>
    public static int Count(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Object } map ? map.GetPropertyCount() : 0;

    /// <summary>How long ago the time at the end of the path was, as kubectl shows it.</summary>
    public static string Age(this JsonElement element, DateTimeOffset now, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.String } time && time.TryGetDateTimeOffset(out DateTimeOffset then)
            ? HumanDuration.Format(now - then)
            : "<unknown>";
}
