namespace BuildController.Informers.Testing;

/// <summary>
/// An open watch of an <see cref="InMemoryCluster"/>. It is enumerated once, by one reader, and ends without an exception when its
/// time is over, when it is disposed, or when its reader has fallen further behind than the history goes. Disposing is safe at
/// any time and more than once.
/// </summary>
public sealed class ClusterWatch : IAsyncEnumerable<StoredEvent>, IDisposable
{
    internal ClusterWatch()
    {
    }

    /// <inheritdoc/>
    public IAsyncEnumerator<StoredEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
