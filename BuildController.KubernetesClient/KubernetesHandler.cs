using k8s;

namespace BuildController.KubernetesClient;

/// <summary>Sends requests through a KubernetesClient's own HttpClient, with its credentials.</summary>
internal sealed class KubernetesHandler(Kubernetes client) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (client.Credentials is { } credentials)
            await credentials.ProcessHttpRequestAsync(request, cancellationToken);

        // A message can be sent once; this one was not sent by any client yet.
        return await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
