using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Collects what is wrong with an object, field by field, and becomes the 422 that names it all.</summary>
internal sealed class FieldErrors
{
    private readonly List<ApiStatusCause> causes = [];

    public bool IsEmpty => causes.Count == 0;

    public int Count => causes.Count;

    public IReadOnlyList<ApiStatusCause> Causes => causes;

    /// <summary>A text as Go quotes it.</summary>
    public static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>A value as messages show it.</summary>
    public static string Shown(JsonNode? value) => value switch
    {
        null => "null",
        JsonValue text when text.GetValueKind() == JsonValueKind.String => Quoted(text.GetValue<string>()),
        _ => value.ToJsonString(),
    };

    public void Invalid(string field, string value, string detail) => Add("FieldValueInvalid", field, $"Invalid value: \"{value}\": {detail}");

    /// <summary>For a value of another type than the schema's.</summary>
    public void TypeInvalid(string field, string shown, string detail) => Add("FieldValueTypeInvalid", field, $"Invalid value: {shown}: {detail}");

    public void TooMany(string field, int actual, long limit) =>
        Add("FieldValueTooMany", field, string.Create(CultureInfo.InvariantCulture, $"Too many: {actual}: must have at most {limit} items"));

    /// <summary>For texts, whose limit counts characters.</summary>
    public void TooLongText(string field, long limit) => Add("FieldValueTooLong", field, $"Too long: may not be longer than {limit}");

    public void DuplicateLiteral(string field, string shown) => Add("FieldValueDuplicate", field, $"Duplicate value: {shown}");

    public void NotSupportedLiteral(string field, string shown, IEnumerable<string> supported) =>
        Add("FieldValueNotSupported", field, $"Unsupported value: {shown}: supported values: {string.Join(", ", supported.Select(Quoted))}");

    public void Add(FieldErrors others) => causes.AddRange(others.causes);

    public void Required(string field, string? detail = null) => Add("FieldValueRequired", field, detail is null ? "Required value" : $"Required value: {detail}");

    public void Forbidden(string field, string detail) => Add("FieldValueForbidden", field, $"Forbidden: {detail}");

    public void Duplicate(string field, string value) => Add("FieldValueDuplicate", field, $"Duplicate value: \"{value}\"");

    public void TooLong(string field, long limit) => Add("FieldValueTooLong", field, $"Too long: must have at most {limit} bytes");

    public void NotSupported(string field, string value, params IEnumerable<string> supported) =>
        Add("FieldValueNotSupported", field, $"Unsupported value: \"{value}\": supported values: {string.Join(", ", supported.Select(static one => $"\"{one}\""))}");

    /// <summary>For values that are no strings, which the server does not quote.</summary>
    public void InvalidLiteral(string field, string value, string detail) => Add("FieldValueInvalid", field, $"Invalid value: {value}: {detail}");

    /// <param name="type">What the object is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="byPlural">Whether the server names the resource where it names the kind otherwise.</param>
    /// <exception cref="ApiException">Something is wrong.</exception>
    public void ThrowIfAny(ResourceDefinition type, string name, bool byPlural = false)
    {
        if (causes.Count == 0)
            return;

        string what = byPlural ? type.Resource.Plural : type.Kind;
        string kind = type.Resource.Group.Length == 0 ? what : $"{what}.{type.Resource.Group}";
        string[] messages = [.. causes.Select(static cause => $"{cause.Field}: {cause.Message}")];
        throw new ApiException(new ApiStatus
        {
            Code = 422,
            Reason = "Invalid",
            Message = $"{kind} \"{name}\" is invalid: {(messages.Length == 1 ? messages[0] : $"[{string.Join(", ", messages)}]")}",
            Details = new ApiStatusDetails
            {
                Name = name,
                Group = type.Resource.Group.Length == 0 ? null : type.Resource.Group,
                Kind = what,
                Causes = causes,
            },
        });
    }

    private void Add(string reason, string field, string message) =>
        causes.Add(new ApiStatusCause { Type = reason, Field = field, Message = message });
}
