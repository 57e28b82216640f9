namespace BuildController.Informers.Client;

/// <summary>
/// Stands between the callers of a clientset and the server: to refuse, delay, repeat, count or only see requests. Put in
/// place by <see cref="ClientsetExtensions.With"/>. Called by many requests at once.
/// </summary>
public interface IRequestInterceptor
{
    /// <summary>Sends a request on, or does not.</summary>
    /// <typeparam name="TResult">What the request answers.</typeparam>
    /// <param name="request">The request.</param>
    /// <param name="next">
    /// The next interceptor, and last the clientset. May be called again after a failure, unless <see cref="ClientRequest.HasDelivered"/>.
    /// </param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>What <paramref name="next"/> answered.</returns>
    /// <exception cref="Api.ApiException">The request failed or was refused: the one family of errors that callers expect.</exception>
    Task<TResult> SendAsync<TResult>(ClientRequest request, Func<CancellationToken, Task<TResult>> next, CancellationToken cancellationToken);
}
