using BuildController.Informers.Api;

namespace BuildController.Informers.Testing;

/// <summary>What a server would say to a call that it refuses, by the reason alone.</summary>
internal static class FakeErrors
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public static ApiException Of(ApiErrorReason reason, FakeRequest request)
    {
        string message = Message(reason, request);
        int code = ApiErrorReasons.CodeOf(reason);
        if (code == 0)
            return new ApiException(reason, message);

        var details = new ApiStatusDetails
        {
            Name = request.Key.Name,
            Group = request.Resource.Group,
            Kind = request.Resource.Plural,
        };
        return new ApiException(
            new ApiStatus { Code = code, Reason = reason.ToString(), Message = message, Details = details },
            reason == ApiErrorReason.TooManyRequests ? RetryAfter : null);
    }

    private static string Message(ApiErrorReason reason, FakeRequest request)
    {
        string named = $"{request.Resource.QualifiedName} \"{request.Key.Name}\"";
        return reason switch
        {
            ApiErrorReason.NotFound => $"{named} not found",
            ApiErrorReason.AlreadyExists => $"{named} already exists",
            ApiErrorReason.Conflict => $"Operation cannot be fulfilled on {named}: the object has been modified; please apply your changes to the latest version and try again",
            ApiErrorReason.Forbidden => $"{named} is forbidden: User \"fake\" cannot {request.Verb} resource \"{request.Resource.Plural}\" in API group \"{request.Resource.Group}\"",
            ApiErrorReason.Invalid => $"{named} is invalid",
            ApiErrorReason.TooManyRequests => "too many requests, please try again later",
            ApiErrorReason.Expired or ApiErrorReason.Gone => "The resourceVersion for the provided request is too old.",
            ApiErrorReason.ConnectionLost => $"The connection was lost while '{request}' was sent.",
            ApiErrorReason.ConnectionRefused => "Nothing listens at the server's address.",
            _ => $"A reaction refused '{request}': {reason}.",
        };
    }
}
