using System.Text.Json;
using BuildController.Core.Model;

namespace BuildController.Core.Images;

/// <summary>
/// Reads secrets with registry credentials, in the new form, an object <c>auths</c> in a <c>kubernetes.io/dockerconfigjson</c>,
/// and in the old one, that object's content alone or in a <c>kubernetes.io/dockercfg</c>. Builders mount only the new one.
/// </summary>
internal static class PullSecret
{
    public const string Type = "kubernetes.io/dockerconfigjson";
    public const string Key = ".dockerconfigjson";

    private const string OldType = "kubernetes.io/dockercfg";
    private const string OldKey = ".dockercfg";
    private const string Auths = "auths";

    /// <summary>Checks a secret.</summary>
    /// <returns>What must be mounted instead; null if the secret can be mounted as it is.</returns>
    /// <exception cref="FormatException">It holds no credentials; the message goes on from the secret's name and quotes nothing of its content.</exception>
    public static CanonicalSecret? Canonicalise(Secret secret)
    {
        string key = secret.Type switch
        {
            Type => Key,
            OldType => OldKey,
            _ => throw new FormatException($"is of type '{secret.Type}': it must be {Type} with the key {Key}, or {OldType} with the key {OldKey}."),
        };
        if (!secret.Data.TryGetValue(key, out byte[]? content) || content.Length == 0)
            throw new FormatException($"is of type {secret.Type} and must have a value for the key {key}: it has {(secret.Data.Count == 0 ? "no keys" : "the keys " + string.Join(", ", secret.Data.Keys))}.");

        if (HasAuths(content, key))
            return secret.Type == Type ? null : new CanonicalSecret(secret.Metadata, content);

        return new CanonicalSecret(secret.Metadata, [.. "{\"auths\":"u8, .. content, (byte)'}']);
    }

    /// <summary>Whether the content has the new form; if not, it has the old one.</summary>
    private static bool HasAuths(byte[] content, string key)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(content);
        }
        catch (JsonException)
        {
            // The parser's own message could quote the secret.
            throw new FormatException($"is of no use: the value of its key {key} is not JSON.");
        }

        using (document)
        {
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new FormatException($"is of no use: the value of its key {key} is JSON, but no object.");

            if (root.TryGetProperty(Auths, out JsonElement auths))
            {
                return auths.ValueKind == JsonValueKind.Object
                    ? true
                    : throw new FormatException($"is of no use: 'auths' in its key {key} is no object.");
            }

            return root.EnumerateObject().All(static registry => registry.Value.ValueKind == JsonValueKind.Object)
                ? false
                : throw new FormatException($"is of no use: its key {key} has no object 'auths', and holds no object for each registry either.");
        }
    }
}
