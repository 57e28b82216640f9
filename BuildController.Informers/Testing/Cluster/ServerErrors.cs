using System.Globalization;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>The refusals of an API server, in its own words: operators match on them, and people search for them.</summary>
internal static class ServerErrors
{
    public const string StaleVersion = "the object has been modified; please apply your changes to the latest version and try again";

    public static ApiException NotFound(ResourceDefinition type, string name) =>
        About(type, name, 404, "NotFound", $"{type.Resource.QualifiedName} \"{name}\" not found");

    public static ApiException NoSuchResource() => Of(404, "NotFound", "the server could not find the requested resource");

    public static ApiException MethodNotAllowed() =>
        Of(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

    public static ApiException AlreadyExists(ResourceDefinition type, string name, bool isBeingDeleted = false) =>
        About(type, name, 409, "AlreadyExists", $"{(isBeingDeleted ? "object is being deleted: " : string.Empty)}{type.Resource.QualifiedName} \"{name}\" already exists");

    public static ApiException Conflict(ResourceDefinition type, string name, string why) =>
        About(type, name, 409, "Conflict", $"Operation cannot be fulfilled on {type.Resource.QualifiedName} \"{name}\": {why}");

    public static ApiException Forbidden(ResourceDefinition type, string name, string why, params IReadOnlyList<ApiStatusCause> causes) =>
        About(type, name, 403, "Forbidden", $"{type.Resource.QualifiedName} \"{name}\" is forbidden: {why}", causes);

    public static ApiException BadRequest(string message) => Of(400, "BadRequest", message);

    public static ApiException CannotBeHandled(ResourceDefinition type, string version, string kind, string? why = null) =>
        BadRequest($"{kind} in version \"{version}\" cannot be handled as a {type.Kind}{(why is null ? string.Empty : ": " + why)}");

    public static ApiException UnsupportedMediaType(params IEnumerable<string> accepted) =>
        Of(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", accepted)}");

    /// <summary>A JSON patch that cannot be carried out, a failed test among them; the server does not say more.</summary>
    public static ApiException PatchRejected() =>
        Of(422, "Invalid", "the server rejected our request due to an error in our request");

    /// <summary>A patch that makes something of the object that it cannot be.</summary>
    public static ApiException InvalidPatch(JsonObject result, string why)
    {
        string message = $"Invalid value: {FieldErrors.Quoted(result.ToJsonString())}: {why}";
        return new ApiException(new ApiStatus
        {
            Code = 422,
            Reason = "Invalid",
            Message = $" \"\" is invalid: patch: {message}",
            Details = new ApiStatusDetails { Causes = [new ApiStatusCause { Type = "FieldValueInvalid", Field = "patch", Message = message }] },
        });
    }

    /// <summary>An applied object that its kind has no place for. A server does not blame the client.</summary>
    public static ApiException Untyped(ResourceDefinition type, ObjectKey key, IReadOnlyList<string> complaints)
    {
        string list = complaints.Count == 1 ? complaints[0] : $"errors:\n{string.Join('\n', complaints.Select(static one => $"  {one}"))}";
        return Unnamed($"failed to create typed patch object ({key.Namespace}/{key.Name}; {type.Resource.ApiVersion}, Kind={type.Kind}): {list}");
    }

    /// <summary>What a server fails at without a name for it.</summary>
    public static ApiException Unnamed(string message) => Of(500, string.Empty, message);

    /// <summary>The resource itself is going.</summary>
    public static ApiException Terminating(string verb) =>
        Of(405, "MethodNotAllowed", $"{verb} not allowed while custom resource definition is terminating");

    public static ApiException Expired(string message) => Of(410, "Expired", message);

    public static ApiException TooOld(long asked, long oldest) =>
        Expired(string.Create(CultureInfo.InvariantCulture, $"too old resource version: {asked} ({oldest})"));

    public static ApiException TooLargeResourceVersion(long asked, long current) => new(new ApiStatus
    {
        Code = 504,
        Reason = "Timeout",
        Message = string.Create(CultureInfo.InvariantCulture, $"Timeout: Too large resource version: {asked}, current: {current}"),
        Details = new ApiStatusDetails
        {
            RetryAfterSeconds = 1,
            Causes = [new ApiStatusCause { Type = "ResourceVersionTooLarge", Message = "Too large resource version" }],
        },
    });

    private static ApiException Of(int code, string reason, string message) =>
        new(new ApiStatus { Code = code, Reason = reason, Message = message });

    private static ApiException About(ResourceDefinition type, string name, int code, string reason, string message, params IReadOnlyList<ApiStatusCause> causes) =>
        new(new ApiStatus
        {
            Code = code,
            Reason = reason,
            Message = message,
            Details = new ApiStatusDetails { Name = name, Group = Emptied(type.Resource.Group), Kind = type.Resource.Plural, Causes = causes },
        });

    private static string? Emptied(string group) => group.Length == 0 ? null : group;
}
