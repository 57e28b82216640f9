namespace BuildController.Informers.Cache;

/// <summary>
/// A share in an informer, from <see cref="SharedInformerFactory.Lease"/>. When the last share is given back and nobody was
/// handed the informer for good, the informer stops and is forgotten: asking again makes a new one.
/// </summary>
/// <remarks>
/// Disposing gives the share back. Where it was the last, it waits until nothing of the informer runs any more, so a handler
/// must not wait for it. It may be disposed often. Remove your handlers first: others may keep the informer alive.
/// </remarks>
/// <typeparam name="T">The object type.</typeparam>
public interface IInformerLease<T> : IAsyncDisposable
    where T : class
{
    /// <summary>The informer. Once it has stopped, its store stays readable and does not move.</summary>
    ISharedInformer<T> Informer { get; }
}
