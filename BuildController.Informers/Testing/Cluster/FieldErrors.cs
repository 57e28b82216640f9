using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Collects what is wrong with an object, field by field, and becomes the 422 that names it all.</summary>
internal sealed class FieldErrors
{
    private readonly List<ApiStatusCause> causes = [];

    public void Invalid(string field, string value, string detail) => Add("FieldValueInvalid", field, $"Invalid value: \"{value}\": {detail}");

    public void Required(string field, string? detail = null) => Add("FieldValueRequired", field, detail is null ? "Required value" : $"Required value: {detail}");

    public void Forbidden(string field, string detail) => Add("FieldValueForbidden", field, $"Forbidden: {detail}");

    public void Duplicate(string field, string value) => Add("FieldValueDuplicate", field, $"Duplicate value: \"{value}\"");

    public void TooLong(string field, long limit) => Add("FieldValueTooLong", field, $"Too long: must have at most {limit} bytes");

    public void NotSupported(string field, string value, params IEnumerable<string> supported) =>
        Add("FieldValueNotSupported", field, $"Unsupported value: \"{value}\": supported values: {string.Join(", ", supported.Select(static one => $"\"{one}\""))}");

    /// <summary>For values that are no strings, which the server does not quote.</summary>
    public void InvalidLiteral(string field, string value, string detail) => Add("FieldValueInvalid", field, $"Invalid value: {value}: {detail}");

    public void ThrowIfAny(ResourceDefinition type, string name)
    {
        if (causes.Count == 0)
            return;

        string kind = type.Resource.Group.Length == 0 ? type.Kind : $"{type.Kind}.{type.Resource.Group}";
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
                Kind = type.Kind,
                Causes = causes,
            },
        });
    }

    private void Add(string reason, string field, string message) =>
        causes.Add(new ApiStatusCause { Type = reason, Field = field, Message = message });
}
