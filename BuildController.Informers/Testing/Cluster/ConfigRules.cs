using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Testing.Cluster.Schemas;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>What ConfigMaps and Secrets share: keys, the limit of 1 MiB, and being made immutable.</summary>
internal abstract class DataRules : ResourceRules
{
    protected const int Limit = 1024 * 1024;

    public override void CheckTypes(JsonObject root)
    {
        foreach (string member in new[] { "data", "binaryData", "stringData" })
        {
            if (root[member] is not null and not JsonObject)
                throw new FormatException($"json: cannot unmarshal into Go struct field .{member} of type map[string]string");

            foreach ((string key, JsonNode? value) in root.Object(member) ?? [])
            {
                if (value is not JsonValue text || !text.TryGetValue(out string? _))
                    throw new FormatException($"json: cannot unmarshal {value?.GetValueKind().ToString().ToLowerInvariant() ?? "null"} into Go struct field .{member} of type string (key \"{key}\")");
            }
        }
    }

    public override void ValidateUpdate(JsonObject next, JsonObject old, FieldErrors errors)
    {
        if (!old.Flag("immutable"))
            return;

        const string Why = "field is immutable when `immutable` is set";
        if (!next.Flag("immutable"))
            errors.Forbidden("immutable", Why);

        foreach (string member in new[] { "data", "binaryData" })
        {
            if (!JsonNode.DeepEquals(old[member] ?? new JsonObject(), next[member] ?? new JsonObject()))
                errors.Forbidden(member, Why);
        }
    }

    protected static void CheckKeys(JsonObject root, string member, FieldErrors errors)
    {
        foreach ((string key, _) in root.Object(member) ?? [])
        {
            foreach (string complaint in Names.CheckConfigKey(key))
                errors.Invalid($"{member}[{key}]", key, complaint);
        }
    }

    /// <summary>The bytes of a base64 value.</summary>
    protected static int Decode(string member, string value)
    {
        var buffer = new byte[value.Length];
        return Convert.TryFromBase64String(value, buffer, out int length)
            ? length
            : throw new FormatException($"illegal base64 data in {member}");
    }
}

internal sealed class ConfigMapRules : DataRules
{
    public static readonly ConfigMapRules Instance = new();

    public override SchemaNode Schema => KindSchemas.ConfigMap;

    public override void CheckTypes(JsonObject root)
    {
        base.CheckTypes(root);
        foreach ((_, JsonNode? value) in root.Object("binaryData") ?? [])
            Decode("binaryData", value!.GetValue<string>());
    }

    public override void Validate(JsonObject root, FieldErrors errors)
    {
        CheckKeys(root, "data", errors);
        CheckKeys(root, "binaryData", errors);
        long size = 0;
        foreach ((string key, JsonNode? value) in root.Object("data") ?? [])
        {
            size += Encoding.UTF8.GetByteCount(value!.GetValue<string>());
            if (root.Object("binaryData")?.ContainsKey(key) == true)
                errors.Invalid($"data[{key}]", key, "duplicate of key present in binaryData");
        }

        foreach ((_, JsonNode? value) in root.Object("binaryData") ?? [])
            size += Decode("binaryData", value!.GetValue<string>());

        // The server names no field here, which its printing turns into brackets.
        if (size > Limit)
            errors.TooLong("[]", Limit);
    }
}

internal sealed class SecretRules : DataRules
{
    public static readonly SecretRules Instance = new();

    public override SchemaNode Schema => KindSchemas.Secret;

    public override void CheckTypes(JsonObject root)
    {
        base.CheckTypes(root);
        foreach ((_, JsonNode? value) in root.Object("data") ?? [])
            Decode("data", value!.GetValue<string>());
    }

    /// <summary>stringData is written only: its values win over those in data.</summary>
    public override void Default(JsonObject root)
    {
        root.Default("type", "Opaque");
        if (root.Object("stringData") is not { } plain)
            return;

        JsonObject data = root.Ensure("data");
        foreach ((string key, JsonNode? value) in plain)
            data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value!.GetValue<string>()));

        root.Remove("stringData");
    }

    public override void Validate(JsonObject root, FieldErrors errors)
    {
        CheckKeys(root, "data", errors);
        long size = (root.Object("data") ?? []).Sum(static entry => (long)Decode("data", entry.Value!.GetValue<string>()));
        if (size > Limit)
            errors.TooLong("data", Limit);

        CheckKeysOfType(root, errors);
    }

    private static void CheckKeysOfType(JsonObject root, FieldErrors errors)
    {
        JsonObject data = root.Object("data") ?? [];
        string[] required = root.Text("type") switch
        {
            "kubernetes.io/dockerconfigjson" => [".dockerconfigjson"],
            "kubernetes.io/dockercfg" => [".dockercfg"],
            "kubernetes.io/tls" => ["tls.crt", "tls.key"],
            "kubernetes.io/ssh-auth" => ["ssh-privatekey"],
            "kubernetes.io/basic-auth" when !data.ContainsKey("username") && !data.ContainsKey("password") => ["username", "password"],
            _ => [],
        };
        foreach (string key in required)
        {
            if (!data.ContainsKey(key))
                errors.Required($"data[{key}]");
            else if (key.StartsWith(".docker", StringComparison.Ordinal) && !IsJsonObject(data.Text(key)!))
                errors.InvalidLiteral($"data[{key}]", "\"<secret contents redacted>\"", "invalid character in the JSON of a registry's credentials");
        }

        const string Account = "kubernetes.io/service-account.name";
        if (root.Text("type") == "kubernetes.io/service-account-token" && string.IsNullOrEmpty(root.Object("metadata")?.Object("annotations")?.Text(Account)))
            errors.Required($"metadata.annotations[{Account}]");
    }

    private static bool IsJsonObject(string base64)
    {
        try
        {
            return JsonNode.Parse(Convert.FromBase64String(base64)) is JsonObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public override void ValidateUpdate(JsonObject next, JsonObject old, FieldErrors errors)
    {
        base.ValidateUpdate(next, old, errors);
        if (next.Text("type") != old.Text("type"))
            errors.Invalid("type", next.Text("type") ?? string.Empty, "field is immutable");
    }
}
