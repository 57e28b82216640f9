using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using BuildController.Informers.Api;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;

namespace BuildController.Informers.Client.Http;

/// <summary>Sends requests to one server with its credentials.</summary>
/// <remarks>
/// It drives the handler without an HttpClient, which would add a timeout by the wall clock, a buffer for the answer and
/// continuations that leave the caller's scheduler.
/// </remarks>
internal sealed class ApiTransport : IAsyncDisposable
{
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");
    private static readonly StringWithQualityHeaderValue Gzip = new("gzip");

    private readonly HttpMessageInvoker invoker;
    private readonly CredentialSource credentials;
    private readonly ClientMetrics metrics;
    private readonly CancellationTokenSource lifetime = new();
    private readonly string baseUrl;
    private readonly string userAgent;

    /// <summary>On one machine, compressing takes longer than copying.</summary>
    private readonly bool isLocal;

    public ApiTransport(ClusterConfiguration configuration, OperatorRuntime runtime, CredentialSource credentials, HttpMessageHandler handler)
    {
        this.credentials = credentials;
        invoker = new HttpMessageInvoker(handler);
        Runtime = runtime;
        metrics = ClientMetrics.Of(runtime);
        RequestTimeout = configuration.RequestTimeout;
        userAgent = configuration.UserAgent;

        // Without user information, because the URL goes into messages.
        Uri server = configuration.Server;
        ServerName = $"{server.Scheme}://{server.Authority}{server.AbsolutePath.TrimEnd('/')}";
        Host = $"{server.Host}:{server.Port}";
        baseUrl = ServerName + "/";
        isLocal = server.IsLoopback;
        Lifetime = lifetime.Token;
    }

    public OperatorRuntime Runtime { get; }

    /// <summary>The server's URL, for errors.</summary>
    public string ServerName { get; }

    /// <summary>The server's host and port, for metrics and spans.</summary>
    public string Host { get; }

    public TimeSpan RequestTimeout { get; }

    /// <summary>Ends when the transport is disposed.</summary>
    public CancellationToken Lifetime { get; }

    /// <summary>
    /// Sends a request and completes when the headers of the answer have come. When the server does not accept the
    /// credentials and there are newer ones, it asks a second time: a request refused so was not carried out.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="span">What the server is told to be part of; null for whatever .NET's handler finds current.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<HttpResponseMessage> SendAsync(ApiRequest request, Activity? span, CancellationToken cancellationToken)
    {
        string? token = await credentials.GetTokenAsync(cancellationToken);
        HttpResponseMessage response = await SendOnceAsync(request, token, span, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
            return response;

        try
        {
            if (!await credentials.RenewAsync(token, cancellationToken))
                return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }

        response.Dispose();
        token = await credentials.GetTokenAsync(cancellationToken);
        return await SendOnceAsync(request, token, span, cancellationToken);
    }

    /// <summary>Ends all requests and streams, and waits for what runs to get credentials.</summary>
    public async ValueTask DisposeAsync()
    {
        lifetime.Cancel();
        invoker.Dispose();
        await credentials.DisposeAsync();
    }

    /// <summary>What a header cannot carry would fail below, in words that do not help.</summary>
    private static string Checked(string token) => token.AsSpan().ContainsAnyExceptInRange('!', '~')
        ? throw new ApiException(ApiErrorReason.Unauthorized, "The bearer token has spaces, line breaks or other characters that no token has: check where it comes from.")
        : token;

    private async Task<HttpResponseMessage> SendOnceAsync(ApiRequest request, string? token, Activity? span, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, new Uri(baseUrl + request.Path + request.Query))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        if (request.ConvertTo is not null)
            message.Headers.Accept.ParseAdd($"application/json;as={request.ConvertTo};g=meta.k8s.io;v=v1");

        message.Headers.Accept.Add(Json);
        message.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        if (!request.IsWatch && !isLocal)
            message.Headers.AcceptEncoding.Add(Gzip);

        if (token is not null)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Checked(token));

        if (!request.Body.IsEmpty)
        {
            message.Content = new ReadOnlyMemoryContent(request.Body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.MediaType);
        }

        RequestSpan.Propagate(span, message);
        long start = Runtime.Time.GetTimestamp();
        try
        {
            HttpResponseMessage response = await invoker.SendAsync(message, cancellationToken);
            metrics.Answered(request.Verb, request.Method.Method, Host, (int)response.StatusCode, Runtime.Time.GetElapsedTime(start));
            return response;
        }
        catch
        {
            metrics.NotAnswered(request.Method.Method, Host);
            throw;
        }
    }
}
