using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>Finds what is wrong with a value by its schema, and says it as a server does.</summary>
internal static class SchemaValidator
{
    public static void Validate(JsonNode? value, SchemaNode schema, string path, FieldErrors errors)
    {
        CheckType(value, schema, path, errors);
        if (value is not null)
            CheckAlternatives(value, schema, path, errors);

        switch (value)
        {
            case JsonObject members:
                CheckObject(members, schema, path, errors);
                break;
            case JsonArray items:
                CheckList(items, schema, path, errors);
                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String:
                CheckText(scalar.GetValue<string>(), schema, path, errors);
                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.Number:
                CheckNumber(NumberOf(scalar), scalar, schema, path, errors);
                break;
        }

        CheckEnum(value, schema, path, errors);
    }

    /// <summary>The name of a value's type; numbers without a fraction are integers.</summary>
    public static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        _ => IsWhole(value!.AsValue()) ? "integer" : "number",
    };

    private static string In(string path) => $"{path} in body";

    private static bool IsWhole(JsonValue number) => double.IsInteger(NumberOf(number));

    // By its text: a number may be kept as any of .NET's types.
    private static double NumberOf(JsonValue number) => double.Parse(number.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static void CheckType(JsonNode? value, SchemaNode schema, string path, FieldErrors errors)
    {
        string actual = TypeOf(value);
        string expected = schema.IsIntOrString ? "integer,string" : schema.Type ?? string.Empty;
        if (expected.Length == 0 || (value is null && schema.Nullable))
            return;

        bool fits = expected == actual || (expected == "number" && actual == "integer") || (schema.IsIntOrString && actual is "integer" or "string");
        if (!fits)
            errors.TypeInvalid(path, value is null ? "\"null\"" : FieldErrors.Shown(value), $"{In(path)} must be of type {expected}: \"{actual}\"");
    }

    private static void CheckAlternatives(JsonNode value, SchemaNode schema, string path, FieldErrors errors)
    {
        foreach (SchemaNode one in schema.AllOf)
            Validate(value, one, path, errors);

        if (schema.AnyOf.Count > 0)
        {
            FieldErrors[] tried = [.. schema.AnyOf.Select(one => Try(value, one, path))];
            if (!Array.Exists(tried, static one => one.IsEmpty))
            {
                errors.InvalidLiteral("<nil>", "\"\"", $"\"{path}\" must validate at least one schema (anyOf)");
                errors.Add(tried.MinBy(static one => one.Count)!);
            }
        }

        if (schema.OneOf.Count > 0)
        {
            FieldErrors[] tried = [.. schema.OneOf.Select(one => Try(value, one, path))];
            int valid = tried.Count(static one => one.IsEmpty);
            if (valid != 1)
            {
                string found = valid == 0 ? "Found none valid" : string.Create(CultureInfo.InvariantCulture, $"Found {valid} valid alternatives");
                errors.InvalidLiteral("<nil>", "\"\"", $"\"{path}\" must validate one and only one schema (oneOf). {found}");
                if (valid == 0)
                    errors.Add(tried.MinBy(static one => one.Count)!);
            }
        }

        if (schema.Not is { } not && Try(value, not, path).IsEmpty)
            errors.InvalidLiteral("<nil>", "\"\"", $"\"{path}\" must not validate the schema (not)");
    }

    private static FieldErrors Try(JsonNode value, SchemaNode schema, string path)
    {
        var errors = new FieldErrors();
        Validate(value, schema, path, errors);
        return errors;
    }

    private static void CheckObject(JsonObject members, SchemaNode schema, string path, FieldErrors errors)
    {
        if (schema.MinProperties is { } least && members.Count < least)
        {
            errors.InvalidLiteral(path, members.Count.ToString(CultureInfo.InvariantCulture), $"{In(path)} should have at least {least} properties");
            return;
        }

        if (schema.MaxProperties is { } most && members.Count > most)
        {
            errors.TooMany(path, members.Count, most);
            return;
        }

        foreach ((string name, JsonNode? member) in members)
        {
            string place = path.Length == 0 ? name : $"{path}.{name}";
            if (schema.Member(name) is { } known)
                Validate(member, known, place, errors);
            else if (schema.ForbidsAdditional)
                errors.InvalidLiteral(path, "\"\"", $"{path}.{name} in body is a forbidden property");
        }

        foreach (string name in schema.Required)
        {
            if (!members.ContainsKey(name))
                errors.Required(path.Length == 0 ? name : $"{path}.{name}");
        }
    }

    private static void CheckList(JsonArray items, SchemaNode schema, string path, FieldErrors errors)
    {
        if (schema.Items is { } item)
        {
            for (int i = 0; i < items.Count; i++)
                Validate(items[i], item, $"{path}[{i}]", errors);
        }

        if (schema.MinItems is { } least && items.Count < least)
            errors.InvalidLiteral(path, items.Count.ToString(CultureInfo.InvariantCulture), $"{In(path)} should have at least {least} items");

        if (schema.MaxItems is { } most && items.Count > most)
            errors.TooMany(path, items.Count, most);
    }

    private static void CheckText(string text, SchemaNode schema, string path, FieldErrors errors)
    {
        // Characters are code points, not UTF-16 units.
        int length = text.EnumerateRunes().Count();
        if (schema.MaxLength is { } most && length > most)
            errors.TooLongText(path, most);
        else if (schema.MinLength is { } least && length < least)
            errors.Invalid(path, text, $"{In(path)} should be at least {least} chars long");
        else if (schema.PatternRegex is { } pattern && !pattern.IsMatch(text))
            errors.Invalid(path, text, $"{In(path)} should match '{schema.Pattern}'");

        if (schema.Format is { } format && !SchemaFormats.IsValid(format, text))
            errors.TypeInvalid(path, FieldErrors.Quoted(text), $"{In(path)} must be of type {format}: {FieldErrors.Quoted(text)}");
    }

    private static void CheckNumber(double number, JsonValue shown, SchemaNode schema, string path, FieldErrors errors)
    {
        string text = FieldErrors.Shown(shown);
        if (schema.MultipleOf is { } factor && !double.IsInteger(factor < 1 ? 1 / factor * number : number / factor))
            errors.InvalidLiteral(path, text, $"{In(path)} should be a multiple of {Real(factor)}");

        if (schema.Minimum is { } least && (schema.ExclusiveMinimum ? number <= least : number < least))
            errors.InvalidLiteral(path, text, $"{In(path)} should be greater than {(schema.ExclusiveMinimum ? string.Empty : "or equal to ")}{Real(least)}");

        if (schema.Maximum is { } most && (schema.ExclusiveMaximum ? number >= most : number > most))
            errors.InvalidLiteral(path, text, $"{In(path)} should be less than {(schema.ExclusiveMaximum ? string.Empty : "or equal to ")}{Real(most)}");
    }

    private static string Real(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static void CheckEnum(JsonNode? value, SchemaNode schema, string path, FieldErrors errors)
    {
        if (schema.Enum is not { Count: > 0 } allowed || allowed.Any(one => JsonNode.DeepEquals(one, value)))
            return;

        errors.NotSupportedLiteral(path, value is null ? "\"null\"" : FieldErrors.Shown(value),
            allowed.Select(static one => one is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : one?.ToJsonString() ?? "null"));
    }
}
