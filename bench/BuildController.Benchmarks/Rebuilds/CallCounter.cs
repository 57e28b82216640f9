using System.Collections.Concurrent;
using BuildController.Informers.Client;

namespace BuildController.Benchmarks.Rebuilds;

/// <summary>Counts the requests of one clientset, by verb and resource.</summary>
internal sealed class CallCounter : IRequestInterceptor
{
    private readonly ConcurrentDictionary<(RequestVerb Verb, string Target), int> counts = new();

    public Task<TResult> SendAsync<TResult>(ClientRequest request, Func<CancellationToken, Task<TResult>> next, CancellationToken cancellationToken)
    {
        string target = request.Subresource is null ? request.Resource.Plural : $"{request.Resource.Plural}/{request.Subresource}";
        counts.AddOrUpdate((request.Verb, target), 1, static (_, count) => count + 1);
        return next(cancellationToken);
    }

    /// <summary>The counts so far, as <c>get pods</c>.</summary>
    public IReadOnlyDictionary<string, int> Snapshot() => counts.ToDictionary(
        static item => $"{item.Key.Verb.ToString().ToLowerInvariant()} {item.Key.Target}", static item => item.Value);
}
