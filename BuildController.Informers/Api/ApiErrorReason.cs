namespace BuildController.Informers.Api;

/// <summary>Why a request failed: the reasons of meta/v1, and those that arise before a server could answer.</summary>
public enum ApiErrorReason
{
    /// <summary>The server gave no reason or one that is not known here; see <see cref="ApiException.Status"/>.</summary>
    Unknown,

    /// <summary>400: the request makes no sense to the server.</summary>
    BadRequest,

    /// <summary>401: who is asking?</summary>
    Unauthorized,

    /// <summary>403: known, but not allowed.</summary>
    Forbidden,

    /// <summary>404: no such object, or no such resource.</summary>
    NotFound,

    /// <summary>405: the resource does not do this.</summary>
    MethodNotAllowed,

    /// <summary>406: none of the accepted media types can be served.</summary>
    NotAcceptable,

    /// <summary>409: an object of that name exists.</summary>
    AlreadyExists,

    /// <summary>409: the object is not in the version or state that the request asked for.</summary>
    Conflict,

    /// <summary>410: the version asked for is no longer kept; list again.</summary>
    Expired,

    /// <summary>410: gone for good, or the older form of <see cref="Expired"/>.</summary>
    Gone,

    /// <summary>413: the body is too large.</summary>
    RequestEntityTooLarge,

    /// <summary>415: the body's media type is not understood.</summary>
    UnsupportedMediaType,

    /// <summary>422: the object breaks the type's rules; the causes name the fields.</summary>
    Invalid,

    /// <summary>429: too many requests; wait as told.</summary>
    TooManyRequests,

    /// <summary>500: the server failed.</summary>
    InternalError,

    /// <summary>503: not ready to serve.</summary>
    ServiceUnavailable,

    /// <summary>504: the server knows that it did not finish in time, the request can be repeated.</summary>
    ServerTimeout,

    /// <summary>504: not finished in time, the outcome is unknown.</summary>
    Timeout,

    /// <summary>No answer: nothing listens there.</summary>
    ConnectionRefused,

    /// <summary>No answer, or half of one: the connection could not be made, was lost or timed out. A write may have been applied.</summary>
    ConnectionLost,

    /// <summary>The answer could not be understood.</summary>
    MalformedResponse,

    /// <summary>
    /// No answer: a write that was refused before it was sent, because this process does not lead. It has certainly not been
    /// applied, and does not succeed later by itself: leave the work to whoever leads.
    /// </summary>
    NotLeading,
}
