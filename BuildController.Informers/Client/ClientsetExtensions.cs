using BuildController.Informers.Execution;

namespace BuildController.Informers.Client;

/// <summary>
/// Puts interceptors in front of clientsets. What is put in last is the outermost: <c>clientset.WithRateLimit().WithRetry()</c> repeats
/// requests, and each try waits for the rate limit, which is the order that one wants.
/// </summary>
public static class ClientsetExtensions
{
    /// <summary>
    /// The same clientset behind interceptors. It owns nothing: the clientset and the interceptors stay the caller's.
    /// </summary>
    /// <param name="clientset">Where requests go in the end.</param>
    /// <param name="interceptors">The outermost first.</param>
    public static IClientset With(this IClientset clientset, params IReadOnlyList<IRequestInterceptor> interceptors)
    {
        ArgumentNullException.ThrowIfNull(clientset);
        ArgumentNullException.ThrowIfNull(interceptors);
        for (int i = interceptors.Count - 1; i >= 0; i--)
            clientset = new InterceptedClientset(clientset, interceptors[i]);

        return clientset;
    }

    /// <summary>
    /// The same clientset, which carries requests over failures that pass: it waits as the server asks, or backs off, and sends them again
    /// where that cannot do harm. A conflict is never repeated, a create only if the server did not begin with it, a list not once
    /// it has handed over an object, and a watch not at all: who watches has a policy. docs/clients.md has the whole table.
    /// </summary>
    /// <remarks>
    /// What comes out at last is the last failure, with <see cref="Api.ApiException.Attempts"/> and
    /// <see cref="Api.ApiException.PreviousError"/>. The token of the call bounds the time of all tries together.
    /// </remarks>
    /// <param name="clientset">Where requests go.</param>
    /// <param name="options">How often and how fast; null for the defaults.</param>
    /// <param name="runtime">Clock, jitter, logs and metrics; null for the real ones.</param>
    public static IClientset WithRetry(this IClientset clientset, ClientRetryOptions? options = null, OperatorRuntime? runtime = null) =>
        clientset.With(new RetryInterceptor(options ?? ClientRetryOptions.Default, runtime ?? OperatorRuntime.Default));

    /// <summary>
    /// The same clientset, which sends no more requests than the options allow: the others wait in the order in which they came. One that is
    /// cancelled while it waits holds up nobody. Watches are not limited.
    /// </summary>
    /// <remarks>
    /// Without it nothing is limited here: an API server has its own fairness, and says with 429 when it has enough, which
    /// <see cref="WithRetry"/> understands. All resources of the clientset that is returned share one bucket; put it in once.
    /// </remarks>
    /// <param name="clientset">Where requests go.</param>
    /// <param name="options">How many requests; null for the defaults.</param>
    /// <param name="runtime">Clock, logs and metrics; null for the real ones.</param>
    public static IClientset WithRateLimit(this IClientset clientset, ClientRateLimitOptions? options = null, OperatorRuntime? runtime = null) =>
        clientset.With(new RateLimitInterceptor(options ?? ClientRateLimitOptions.Default, runtime ?? OperatorRuntime.Default));
}
