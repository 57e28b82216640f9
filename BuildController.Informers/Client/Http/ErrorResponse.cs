using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using BuildController.Informers.Api;

namespace BuildController.Informers.Client.Http;

/// <summary>Turns an answer that is no success into an <see cref="ApiException"/>.</summary>
internal static class ErrorResponse
{
    /// <summary>More than this is no Status; what stands before a server may answer with anything.</summary>
    private const int MaxBody = 256 * 1024;

    private const int MaxQuoted = 200;

    public static async Task<ApiException> ReadAsync(ApiCall call, HttpResponseMessage response, ApiTransport transport, ApiRequest request)
    {
        TimeSpan? retryAfter = RetryAfter(response.Headers.RetryAfter, transport.Runtime.Time);
        int code = (int)response.StatusCode;
        Exception? incomplete = null;
        using var body = new BodyReader(call, 4096);
        try
        {
            while (body.Unread.Length <= MaxBody && await body.FillAsync())
            {
            }
        }
        catch (ApiException error)
        {
            incomplete = error; // The code has been understood; that says more than a lost connection.
        }

        if (TryReadStatus(body.Unread) is { } status)
            return new ApiException(status.Code == 0 ? status with { Code = code } : status, retryAfter, incomplete);

        string message = $"{transport.ServerName} answered {request} with {Describe(response.StatusCode)}{Quote(response, body.Unread)}.";
        return new ApiException(new ApiStatus { Code = code, Message = message }, retryAfter, incomplete);
    }

    /// <summary>The wait that a header asks for, whether it names seconds or a time.</summary>
    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, TimeProvider time)
    {
        TimeSpan? wait = header?.Delta ?? (header?.Date - time.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static ApiStatus? TryReadStatus(ReadOnlySpan<byte> body)
    {
        try
        {
            // A Status says that it is one; any other JSON would be read as a Status without words.
            var reader = new Utf8JsonReader(body);
            ApiStatus? status = ObjectPeek.KindOf(ref reader) == "Status" ? JsonSerializer.Deserialize(body, ApiJsonContext.Default.ApiStatus) : null;
            return status is { Message: "", Reason: "" } ? null : status;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Describe(HttpStatusCode code) =>
        Enum.IsDefined(code) ? $"{(int)code} ({code})" : ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A plain line is quoted; a page made for people is only named.</summary>
    private static string Quote(HttpResponseMessage response, ReadOnlySpan<byte> body)
    {
        string? mediaType = response.Content.Headers.ContentType?.MediaType;
        if (response.Headers.Location is { } location)
            return $" to {location.GetLeftPart(UriPartial.Path)}: is this the API server's own address?";

        if (mediaType != "text/plain")
            return body.IsEmpty ? string.Empty : $" and a body of type {mediaType ?? "unknown"}: does something else than the API server answer there?";

        string text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxQuoted)]).ReplaceLineEndings(" ").Trim();
        return text.Length == 0 ? string.Empty : $": {text}";
    }
}
