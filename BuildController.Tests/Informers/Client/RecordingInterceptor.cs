using BuildController.Informers.Client;

namespace BuildController.Tests.Informers.Client;

/// <summary>Keeps what passes, and does what the test says.</summary>
internal sealed class RecordingInterceptor(string name = "", List<string>? order = null) : IRequestInterceptor
{
    public List<ClientRequest> Requests { get; } = [];

    /// <summary>How often each request is sent on until it succeeds.</summary>
    public int Tries { get; init; } = 1;

    public async Task<TResult> SendAsync<TResult>(ClientRequest request, Func<CancellationToken, Task<TResult>> next, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        order?.Add($"{name} before");
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    return await next(cancellationToken);
                }
                catch (BuildController.Informers.Api.ApiException) when (attempt < Tries)
                {
                }
            }
        }
        finally
        {
            order?.Add($"{name} after");
        }
    }
}
