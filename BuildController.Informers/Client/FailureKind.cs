using System.Security.Authentication;
using BuildController.Informers.Api;

namespace BuildController.Informers.Client;

/// <summary>What a failure says about the request that it ended: the columns of the table in docs/clients.md.</summary>
internal enum FailureKind
{
    /// <summary>The same request would fail again, or needs another decision first: a conflict, an object that is not there, an answer that makes no sense.</summary>
    Final,

    /// <summary>The server did not begin: it asks to slow down, it is not ready and says when it will be, or nothing listens.</summary>
    NotBegun,

    /// <summary>The server failed and asks to come again. How far it came it does not say.</summary>
    ToldToRepeat,

    /// <summary>Nobody knows: the connection was lost, or whoever answered had no answer of the server's or none in time.</summary>
    OutcomeUnknown,

    /// <summary>The server failed, and does not ask to come again.</summary>
    ServerFailed,
}

/// <summary>Tells the kind of a failure.</summary>
internal static class FailureKinds
{
    public static FailureKind Of(ApiException error)
    {
        // It is dressed as a timeout to be repeated, but what helps is to ask for another version.
        if (error.IsResourceVersionTooLarge)
            return FailureKind.Final;

        bool isTold = error.RetryAfter is not null;
        return error.Reason switch
        {
            ApiErrorReason.TooManyRequests or ApiErrorReason.ConnectionRefused => FailureKind.NotBegun,
            ApiErrorReason.ServiceUnavailable when isTold => FailureKind.NotBegun,
            ApiErrorReason.ServiceUnavailable or ApiErrorReason.ServerTimeout or ApiErrorReason.Timeout or ApiErrorReason.InternalError when isTold => FailureKind.ToldToRepeat,
            ApiErrorReason.ServiceUnavailable or ApiErrorReason.ServerTimeout or ApiErrorReason.Timeout => FailureKind.OutcomeUnknown,
            ApiErrorReason.InternalError => error.Code == BadGateway ? FailureKind.OutcomeUnknown : FailureKind.ServerFailed,
            ApiErrorReason.ConnectionLost => IsDistrust(error) ? FailureKind.Final : FailureKind.OutcomeUnknown,
            _ => FailureKind.Final,
        };
    }

    private const int BadGateway = 502;

    /// <summary>A server whose certificate is not trusted was not sent the request, and will show the same certificate again.</summary>
    private static bool IsDistrust(ApiException error)
    {
        for (Exception? inner = error.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is AuthenticationException)
                return true;
        }

        return false;
    }
}
