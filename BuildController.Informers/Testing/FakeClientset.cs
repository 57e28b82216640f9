using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;

namespace BuildController.Informers.Testing;

/// <summary>A clientset for unit tests: it reads and writes an <see cref="InMemoryCluster"/>, by the same rules as over HTTP.</summary>
public sealed class FakeClientset : IClientset
{
    /// <summary>Makes a clientset.</summary>
    /// <param name="cluster">The cluster; null for one of its own.</param>
    /// <param name="runtime">The clock and randomness of its own cluster; null for the real ones.</param>
    public FakeClientset(InMemoryCluster? cluster = null, OperatorRuntime? runtime = null) =>
        Cluster = cluster ?? new InMemoryCluster(runtime);

    /// <summary>The cluster behind it.</summary>
    public InMemoryCluster Cluster { get; }

    /// <inheritdoc/>
    public IResourceClient<T> Resource<T>(ResourceType<T> type)
        where T : class => throw new NotSupportedException();
}
