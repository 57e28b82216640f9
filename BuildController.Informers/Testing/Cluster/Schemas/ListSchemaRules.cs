using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>What a schema may say of how lists and maps merge.</summary>
internal sealed class ListSchemaRules(FieldErrors errors)
{
    private const string ListType = "x-kubernetes-list-type";
    private const string ListKeys = "x-kubernetes-list-map-keys";
    private const string MapType = "x-kubernetes-map-type";

    public void Check(JsonObject schema, string path)
    {
        string type = schema.Text("type") ?? string.Empty;
        CheckTypeFor(schema, path, MapType, type, "object");
        if (schema.Text(MapType) is { } map and not ("atomic" or "granular"))
            errors.NotSupported($"{path}.{MapType}", map, "atomic", "granular");

        string? list = schema.Text(ListType);
        CheckTypeFor(schema, path, ListType, type, "array");
        if (list is not (null or "atomic" or "set" or "map"))
            errors.NotSupported($"{path}.{ListType}", list, "atomic", "set", "map");

        JsonArray keys = schema.Array(ListKeys) ?? [];
        if (keys.Count > 0 && list is null)
            errors.Required($"{path}.{ListType}", $"must be map if {ListKeys} is non-empty");
        else if (keys.Count > 0 && list != "map")
            errors.Invalid($"{path}.{ListType}", list!, $"must be map if {ListKeys} is non-empty");

        JsonObject? items = schema.Object("items");
        if (list == "set" && type == "array" && items is not null)
            CheckSetItems(items, $"{path}.items");

        if (list == "map")
            CheckMap(items, keys, path);

        if (list is "set" or "map" && items?.Flag("nullable") == true)
            errors.Forbidden($"{path}.items.nullable", $"cannot be nullable when {ListType} is {list}");
    }

    private void CheckTypeFor(JsonObject schema, string path, string extension, string type, string expected)
    {
        if (schema[extension] is null || type == expected)
            return;

        string why = $"must be {expected} if {extension} is specified";
        if (type.Length == 0)
            errors.Required($"{path}.type", why);
        else
            errors.Invalid($"{path}.type", type, why);
    }

    /// <summary>A value of a set is one value, however large.</summary>
    private void CheckSetItems(JsonObject items, string path)
    {
        const string Why = $"must be atomic as item of a list with {ListType}=set";
        if (items.Text("type") == "array" && items.Text(ListType) is not (null or "atomic") and var inner)
            errors.Invalid($"{path}.{ListType}", inner, Why);

        if (items.Text("type") == "object" && items.Text(MapType) != "atomic")
            errors.InvalidLiteral($"{path}.{MapType}", "null", Why);
    }

    private void CheckMap(JsonObject? items, JsonArray keys, string path)
    {
        if (keys.Count == 0)
            errors.Required($"{path}.{ListKeys}", $"must not be empty if {ListType} is map");

        if (items is null)
        {
            errors.Required($"{path}.items", $"must have a schema if {ListType} is map");
            return;
        }

        if (items.Text("type") is not "object" and var type)
        {
            errors.Invalid($"{path}.items.type", type ?? string.Empty, $"must be object if parent array's {ListType} is map");
            return;
        }

        var seen = new HashSet<string>();
        foreach (string key in keys.Select(static one => one?.ToString() ?? string.Empty))
        {
            if (!seen.Add(key))
                errors.InvalidLiteral($"{path}.{ListKeys}", keys.ToJsonString(), "must not contain duplicate entries");

            CheckKey(items, key, keys, path);
        }
    }

    private void CheckKey(JsonObject items, string key, JsonArray keys, string path)
    {
        if (items.Object("properties")?.Object(key) is not { } property)
        {
            errors.InvalidLiteral($"{path}.{ListKeys}", keys.ToJsonString(), "entries must all be names of item properties");
            return;
        }

        string place = $"{path}.items.properties[{key}]";
        if (property.Text("type") is "array" or "object")
            errors.Invalid($"{place}.type", "object", $"must be a scalar type if parent array's {ListType} is map");

        bool required = items.Array("required")?.Any(one => one?.ToString() == key) == true;
        if (!required && property["default"] is null)
            errors.Required($"{place}.default", $"this property is in {ListKeys}, so it must have a default or be a required property");

        if (property.Flag("nullable"))
            errors.Forbidden($"{place}.nullable", $"this property is in {ListKeys}, so it cannot be nullable");
    }
}
