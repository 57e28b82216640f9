namespace BuildController.Informers.Client;

/// <summary>Puts interceptors in front of clientsets.</summary>
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
}
