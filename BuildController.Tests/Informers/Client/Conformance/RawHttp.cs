using System.Net.Http.Headers;
using System.Text;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;

namespace BuildController.Tests.Informers.Client.Conformance;

/// <summary>Sends requests to a server with its credentials, and nothing of its own.</summary>
internal sealed class RawHttp : IAsyncDisposable
{
    private readonly HttpMessageInvoker invoker;
    private readonly CredentialSource credentials;
    private readonly Uri server;

    public RawHttp(ClusterConfiguration configuration)
    {
        credentials = CredentialSource.Of(configuration, OperatorRuntime.Default);
        invoker = new HttpMessageInvoker(HandlerFactory.Create(configuration, credentials));
        server = new Uri(configuration.Server.AbsoluteUri.TrimEnd('/') + "/");
    }

    public async Task<RawAnswer> SendAsync(
        HttpMethod method, string path, string? body = null, string contentType = "application/json", string? accept = null, string? acceptEncoding = null,
        CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(method, new Uri(server, path.TrimStart('/')));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        request.Headers.TryAddWithoutValidation("User-Agent", "conformance");
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);

        if (acceptEncoding is not null)
            request.Headers.TryAddWithoutValidation("Accept-Encoding", acceptEncoding);

        if (await credentials.GetTokenAsync(cancellationToken) is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

        using HttpResponseMessage response = await invoker.SendAsync(request, cancellationToken);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        string[] warnings = response.Headers.TryGetValues("Warning", out IEnumerable<string>? found) ? [.. found] : [];
        return new RawAnswer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, [.. response.Content.Headers.ContentEncoding], warnings, bytes);
    }

    public async ValueTask DisposeAsync()
    {
        invoker.Dispose();
        await credentials.DisposeAsync();
    }
}
