using System.Globalization;

namespace BuildController.Informers.Api;

/// <summary>
/// The one exception that clientsets throw for a request that failed, whether the server refused it or was not reached:
/// callers catch one family. Cancellation alone stays an <see cref="OperationCanceledException"/>, and a request that the
/// library itself refuses to make is an <see cref="ArgumentException"/> or <see cref="InvalidOperationException"/>.
/// </summary>
public sealed class ApiException : Exception
{
    /// <summary>Makes the exception for a server's answer.</summary>
    /// <param name="status">The answer. Its code and reason decide <see cref="Reason"/>.</param>
    /// <param name="retryAfter">What a Retry-After header said; null takes it from the status details.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public ApiException(ApiStatus status, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base(Describe(status), innerException)
    {
        Status = status;
        Reason = ApiErrorReasons.Of(status);
        RetryAfter = retryAfter ?? (status.Details?.RetryAfterSeconds is > 0 and int seconds ? TimeSpan.FromSeconds(seconds) : null);
    }

    /// <summary>Makes the exception for a request that got no usable answer.</summary>
    /// <param name="reason">Why there was none.</param>
    /// <param name="message">A sentence that names the server and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public ApiException(ApiErrorReason reason, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Status = new ApiStatus { Message = message, Reason = reason.ToString() };
        Reason = reason;
    }

    /// <summary>Makes the exception for a request that was sent several times: the last failure, and what was before.</summary>
    /// <param name="last">The last failure: it decides everything but the message.</param>
    /// <param name="attempts">How many times the request was sent.</param>
    /// <param name="previous">The failure before the last.</param>
    internal ApiException(ApiException last, int attempts, ApiException previous)
        : base(Describe(last, attempts, previous), last)
    {
        Status = last.Status;
        Reason = last.Reason;
        RetryAfter = last.RetryAfter;
        Attempts = attempts;
        PreviousError = previous;
    }

    /// <summary>The server's answer; made up from the message when there was none.</summary>
    public ApiStatus Status { get; }

    /// <summary>Why the request failed.</summary>
    public ApiErrorReason Reason { get; }

    /// <summary>The HTTP status code, or 0 when there was no answer.</summary>
    public int Code => Status.Code;

    /// <summary>How long the server asks to wait before the next try, or null if it does not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>How many times the request was sent before this came out; 1 unless something repeated it.</summary>
    public int Attempts { get; } = 1;

    /// <summary>
    /// How the try before the last failed; null if there was none. After a connection lost, a conflict, or a not found of a delete,
    /// may be the work of that try, which was applied and could not say so.
    /// </summary>
    public ApiException? PreviousError { get; }

    /// <summary>The single faults that the server lists; empty if there are none.</summary>
    public IReadOnlyList<ApiStatusCause> Causes => Status.Details?.Causes ?? [];

    /// <summary>The object or the resource does not exist.</summary>
    public bool IsNotFound => Reason == ApiErrorReason.NotFound;

    /// <summary>An object of that name exists already.</summary>
    public bool IsAlreadyExists => Reason == ApiErrorReason.AlreadyExists;

    /// <summary>The object is not in the version or state asked for: read it again and decide again.</summary>
    public bool IsConflict => Reason == ApiErrorReason.Conflict;

    /// <summary>The version asked for is no longer kept: list again.</summary>
    public bool IsExpired => Reason is ApiErrorReason.Expired or ApiErrorReason.Gone;

    /// <summary>The object breaks the type's rules.</summary>
    public bool IsInvalid => Reason == ApiErrorReason.Invalid;

    /// <summary>The caller is not known or not allowed.</summary>
    public bool IsDenied => Reason is ApiErrorReason.Unauthorized or ApiErrorReason.Forbidden;

    /// <summary>The server asks to slow down.</summary>
    public bool IsTooManyRequests => Reason == ApiErrorReason.TooManyRequests;

    /// <summary>A write was not sent, because this process does not lead; see <see cref="LeaderElection.LeaderFence"/>.</summary>
    public bool IsNotLeading => Reason == ApiErrorReason.NotLeading;

    /// <summary>
    /// The server has not come as far as the version asked for, as happens behind several API servers or after a restore.
    /// Servers have said it in three ways over the years: a cause of its own; a timeout with a cause's message (1.17 to
    /// 1.18.5); the message alone (before 1.17).
    /// </summary>
    public bool IsResourceVersionTooLarge =>
        Causes.Any(static cause => cause.Type == "ResourceVersionTooLarge" || IsTooLargeMessage(cause.Message))
        || (Reason is ApiErrorReason.Timeout or ApiErrorReason.ServerTimeout && IsTooLargeMessage(Status.Message));

    /// <summary>
    /// The same request may succeed a little later without anyone mending anything: too many requests, a server that
    /// failed, is not ready or too slow, a connection lost. A conflict is not transient: it needs a new decision.
    /// </summary>
    public bool IsTransient => Reason is ApiErrorReason.TooManyRequests
        or ApiErrorReason.InternalError or ApiErrorReason.ServiceUnavailable
        or ApiErrorReason.ServerTimeout or ApiErrorReason.Timeout
        or ApiErrorReason.ConnectionRefused or ApiErrorReason.ConnectionLost or ApiErrorReason.MalformedResponse;

    private static bool IsTooLargeMessage(string? message) =>
        message is not null && message.Contains("Too large resource version", StringComparison.OrdinalIgnoreCase);

    private static string Describe(ApiException last, int attempts, ApiException previous) => last.Message == previous.Message
        ? string.Create(CultureInfo.InvariantCulture, $"{last.Message} ({attempts} tries)")
        : string.Create(CultureInfo.InvariantCulture, $"{last.Message} ({attempts} tries; the one before the last: {previous.Message})");

    private static string Describe(ApiStatus status)
    {
        if (status.Message.Length > 0)
            return status.Message;

        string code = status.Code.ToString(CultureInfo.InvariantCulture);
        return status.Reason.Length > 0 ? $"{status.Reason} ({code})" : $"The server answered {code}.";
    }
}
