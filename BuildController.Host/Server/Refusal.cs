using BuildController.Informers.Api;

namespace BuildController.Host.Server;

/// <summary>The failures that the server itself answers, before the cluster is asked, in a real server's words.</summary>
internal static class Refusal
{
    public static ApiException Unauthorized() => Of(401, "Unauthorized", "Unauthorized");

    /// <summary>With details that are empty: kubectl tells by them that not the object is missing but the path.</summary>
    public static ApiException UnknownPath() => new(new ApiStatus
    {
        Code = 404,
        Reason = "NotFound",
        Message = "the server could not find the requested resource",
        Details = new ApiStatusDetails(),
    });

    public static ApiException NotFound(string message) => Of(404, "NotFound", message);

    public static ApiException MethodNotAllowed() =>
        Of(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

    public static ApiException NotAcceptable() =>
        Of(406, "NotAcceptable", "only the following media types are accepted: application/json");

    public static ApiException BadRequest(string message) => Of(400, "BadRequest", message);

    public static ApiException TooLarge(long limit) =>
        Of(413, "RequestEntityTooLarge", $"Request entity too large: limit is {limit}");

    public static ApiException UnsupportedMediaType(string accepted) =>
        Of(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {accepted}");

    public static ApiException Conflict(GroupVersionResource resource, string name, string why) =>
        new(new ApiStatus
        {
            Code = 409,
            Reason = "Conflict",
            Message = $"Operation cannot be fulfilled on {resource.QualifiedName} \"{name}\": {why}",
            Details = new ApiStatusDetails { Name = name, Group = resource.Group, Kind = resource.Plural },
        });

    public static ApiException Expired(string message) => Of(410, "Expired", message);

    public static ApiException InvalidOptions(string kind, string field, string type, string message) =>
        new(new ApiStatus
        {
            Code = 422,
            Reason = "Invalid",
            Message = $"{kind}.meta.k8s.io \"\" is invalid: {field}: {message}",
            Details = new ApiStatusDetails
            {
                Group = "meta.k8s.io",
                Kind = kind,
                Causes = [new ApiStatusCause { Type = type, Field = field, Message = message }],
            },
        });

    public static ApiException TooManyRequests(string message, TimeSpan retryAfter) =>
        new(new ApiStatus { Code = 429, Reason = "TooManyRequests", Message = message }, retryAfter);

    public static ApiException Internal(string message) => Of(500, "InternalError", message);

    public static ApiException Unavailable(string message) => Of(503, "ServiceUnavailable", message);

    private static ApiException Of(int code, string reason, string message) =>
        new(new ApiStatus { Code = code, Reason = reason, Message = message });
}
