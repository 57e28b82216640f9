namespace BuildController.Informers.Api;

/// <summary>Tells the reason of a status: by its word where it has one that is known, otherwise by its code.</summary>
internal static class ApiErrorReasons
{
    public static ApiErrorReason Of(ApiStatus status)
    {
        if (Enum.TryParse(status.Reason, ignoreCase: false, out ApiErrorReason reason) && Enum.IsDefined(reason))
            return reason;

        return status.Code switch
        {
            400 => ApiErrorReason.BadRequest,
            401 => ApiErrorReason.Unauthorized,
            403 => ApiErrorReason.Forbidden,
            404 => ApiErrorReason.NotFound,
            405 => ApiErrorReason.MethodNotAllowed,
            406 => ApiErrorReason.NotAcceptable,
            409 => ApiErrorReason.Conflict,
            410 => ApiErrorReason.Gone,
            413 => ApiErrorReason.RequestEntityTooLarge,
            415 => ApiErrorReason.UnsupportedMediaType,
            422 => ApiErrorReason.Invalid,
            429 => ApiErrorReason.TooManyRequests,
            503 => ApiErrorReason.ServiceUnavailable,
            504 => ApiErrorReason.Timeout,
            >= 500 => ApiErrorReason.InternalError,
            _ => ApiErrorReason.Unknown,
        };
    }

    /// <summary>The code that goes with a reason, for those that a server answers; otherwise 0.</summary>
    public static int CodeOf(ApiErrorReason reason) => reason switch
    {
        ApiErrorReason.BadRequest => 400,
        ApiErrorReason.Unauthorized => 401,
        ApiErrorReason.Forbidden => 403,
        ApiErrorReason.NotFound => 404,
        ApiErrorReason.MethodNotAllowed => 405,
        ApiErrorReason.NotAcceptable => 406,
        ApiErrorReason.AlreadyExists or ApiErrorReason.Conflict => 409,
        ApiErrorReason.Expired or ApiErrorReason.Gone => 410,
        ApiErrorReason.RequestEntityTooLarge => 413,
        ApiErrorReason.UnsupportedMediaType => 415,
        ApiErrorReason.Invalid => 422,
        ApiErrorReason.TooManyRequests => 429,
        ApiErrorReason.InternalError => 500,
        ApiErrorReason.ServiceUnavailable => 503,
        ApiErrorReason.ServerTimeout or ApiErrorReason.Timeout => 504,
        _ => 0,
    };
}
