using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildController.Core.Rebuild;

/// <summary>Writes <see cref="BuildState"/> as compact JSON and reads it back; anything else is malformed.</summary>
internal static class BuildStateJson
{
    /// <summary>An annotation is no web page: quotes in messages stay as people read them.</summary>
    private static readonly BuildStateJsonContext Legible = new(new JsonSerializerOptions(BuildStateJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static string Write(BuildState state) => JsonSerializer.Serialize(state, Legible.BuildState);

    public static bool TryRead(string text, [NotNullWhen(true)] out BuildState? state)
    {
        try
        {
            state = JsonSerializer.Deserialize(text, BuildStateJsonContext.Default.BuildState);
        }
        catch (JsonException)
        {
            state = null;
        }

        if (state?.Version == BuildState.CurrentVersion)
            return true;

        state = null;
        return false;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BuildState))]
internal sealed partial class BuildStateJsonContext : JsonSerializerContext;
