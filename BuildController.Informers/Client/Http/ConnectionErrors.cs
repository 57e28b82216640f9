using System.Net.Sockets;
using System.Security.Authentication;
using BuildController.Informers.Api;

namespace BuildController.Informers.Client.Http;

/// <summary>Says in the one family of errors what went wrong below HTTP, and what to do about it.</summary>
internal static class ConnectionErrors
{
    /// <summary>The exception to throw; null if the error has nothing to do with the connection.</summary>
    public static Exception? Explain(Exception error, string server, ApiRequest request)
    {
        if (Find<SocketException>(error) is { SocketErrorCode: SocketError.ConnectionRefused })
            return new ApiException(ApiErrorReason.ConnectionRefused, $"Nothing listens at {server}: check the address, and that the API server runs.", error);

        return error switch
        {
            ApiException => null,
            _ when Find<AuthenticationException>(error) is { } tls => Lost($"{server} could not be trusted ({OneLine(tls)}): check the certificate authority, the server name and the client certificate.", error),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => Lost($"The host name of {server} is not known ({OneLine(error)}): check the address and the name server.", error),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => Lost($"{server} could not be reached ({OneLine(error)}): check the address and the network.", error),
            OperationCanceledException => Lost($"{server} could not be reached in time: check the address and the network.", error),
            HttpRequestException or IOException or SocketException or ObjectDisposedException =>
                Lost($"The connection to {server} was lost before {request} was answered ({OneLine(error)}). Try again; a write may have been applied.", error),
            InvalidDataException => new ApiException(ApiErrorReason.MalformedResponse, $"The answer of {server} to {request} is not compressed as it says ({OneLine(error)}).", error),
            _ => null,
        };
    }

    private static ApiException Lost(string message, Exception error) => new(ApiErrorReason.ConnectionLost, message, error);

    private static string OneLine(Exception error) => error.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.');

    private static TException? Find<TException>(Exception? error)
        where TException : Exception
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is TException found)
                return found;
        }

        return null;
    }
}
