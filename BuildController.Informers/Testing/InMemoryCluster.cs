using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;

namespace BuildController.Informers.Testing;

/// <summary>
/// A cluster's API without the cluster: one store with the rules of a real API server. Thread-safe. Every verb does its work before
/// it returns, including what the garbage collector and the namespace controller would do a moment later. A request that a server would refuse throws <see cref="ApiException"/>
/// with the server's code, reason, wording and causes.
/// </summary>
public sealed class InMemoryCluster
{
    /// <summary>Makes an empty cluster that knows <see cref="CoreResources"/> and has the namespaces <c>default</c> and <c>kube-system</c>.</summary>
    /// <param name="runtime">Its clock and randomness; null for the real ones.</param>
    /// <param name="options">Null for the defaults.</param>
    public InMemoryCluster(OperatorRuntime? runtime = null, InMemoryClusterOptions? options = null)
    {
    }

    /// <summary>The resources that it knows, in the order of their registration.</summary>
    public IReadOnlyList<ResourceDefinition> Definitions { get; } = [];

    /// <summary>Makes a resource known, as a CustomResourceDefinition does.</summary>
    /// <exception cref="InvalidOperationException">The resource is known already.</exception>
    public void Register(ResourceDefinition definition) => throw new NotSupportedException();

    /// <summary>The resource that a URL names, or null.</summary>
    public ResourceDefinition? Find(string group, string version, string plural) =>
        Definitions.FirstOrDefault(definition => definition.Resource == new GroupVersionResource(group, version, plural));

    /// <summary>Reads an object.</summary>
    public ReadOnlyMemory<byte> Get(ResourceDefinition type, ObjectKey key) => throw new NotSupportedException();

    /// <summary>Lists one page, or everything where there is no limit.</summary>
    public StoredList List(ResourceDefinition type, string? @namespace, ListOptions options) => throw new NotSupportedException();

    /// <summary>Opens a watch: it misses nothing that happens after the call returns.</summary>
    public ClusterWatch Watch(ResourceDefinition type, string? @namespace, WatchOptions options) => throw new NotSupportedException();

    /// <summary>Creates an object.</summary>
    public ReadOnlyMemory<byte> Create(ResourceDefinition type, string? @namespace, JsonObject body, WriteOptions? options = null) => throw new NotSupportedException();

    /// <summary>Replaces an object, or its status.</summary>
    public ReadOnlyMemory<byte> Replace(ResourceDefinition type, ObjectKey key, string? subresource, JsonObject body, WriteOptions? options = null) => throw new NotSupportedException();

    /// <summary>Changes an object, or its status.</summary>
    public ReadOnlyMemory<byte> Patch(ResourceDefinition type, ObjectKey key, string? subresource, Patch patch, WriteOptions? options, out bool created) => throw new NotSupportedException();

    /// <summary>Asks an object to go.</summary>
    public ReadOnlyMemory<byte> Delete(ResourceDefinition type, ObjectKey key, DeleteOptions options, out bool gone) => throw new NotSupportedException();

    /// <summary>Asks every object that is selected to go.</summary>
    public StoredList DeleteCollection(ResourceDefinition type, string? @namespace, ListOptions selector, DeleteOptions options) => throw new NotSupportedException();

    /// <summary>Forgets the past, as etcd's compaction does: watches and continue tokens of older versions answer 410.</summary>
    public void Compact() => throw new NotSupportedException();
}
