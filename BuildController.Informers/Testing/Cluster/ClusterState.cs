using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Execution;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>
/// All objects under one sequence of versions, and what is found by looking across resources: owners, and how much a
/// namespace holds. Guarded by <see cref="Gate"/>, which every caller holds.
/// </summary>
internal sealed class ClusterState(OperatorRuntime runtime, InMemoryClusterOptions options)
{
    private const int MaxSize = 3 * 512 * 1024;
    private const string NameAlphabet = "bcdfghjklmnpqrstvwxz2456789";

    private readonly List<ResourceStore> stores = [];
    private readonly Dictionary<GroupVersionResource, ResourceStore> served = [];
    private readonly Dictionary<(string ApiVersion, string Kind), ResourceStore> servedByKind = [];
    private readonly Dictionary<string, StoredObject> byUid = [];
    private readonly Dictionary<string, HashSet<StoredObject>> dependents = [];
    private readonly Dictionary<string, int> contents = [];
    private IReadOnlyList<ResourceDefinition> definitions = [];

    public Lock Gate { get; } = new();

    public OperatorRuntime Runtime => runtime;

    public InMemoryClusterOptions Options => options;

    /// <summary>The version of the newest change.</summary>
    public long Version { get; private set; } = 1;

    public IReadOnlyList<ResourceDefinition> Definitions => Volatile.Read(ref definitions);

    public IReadOnlyList<ResourceStore> Stores => stores;

    /// <summary>Told of every change, after it.</summary>
    public Action<Change>? Changed { get; set; }

    public string Now => Json.Time(runtime.Time.GetUtcNow());

    public void Register(ResourceDefinition definition)
    {
        if (served.ContainsKey(definition.Resource))
            throw new InvalidOperationException($"The resource {definition.Resource} is registered already.");

        Serve(definition, [definition]);
    }

    /// <summary>Makes a resource known in several versions of the same objects. No other resource has any of them.</summary>
    /// <param name="type">The version in which they are stored.</param>
    /// <param name="versions">The versions that clients may ask for.</param>
    public ResourceStore Serve(ResourceDefinition type, IReadOnlyList<ResourceDefinition> versions)
    {
        var store = new ResourceStore(type, versions, options.HistoryWindow);
        store.Log.Compact(Version);
        stores.Add(store);
        Publish();
        return store;
    }

    /// <summary>Changes what a known resource looks like.</summary>
    public void Redefine(ResourceStore store, ResourceDefinition type, IReadOnlyList<ResourceDefinition> versions, bool endsWatches)
    {
        store.Redefine(type, versions);
        if (endsWatches)
            store.StartAfresh(Version);

        Publish();
    }

    /// <summary>Makes a resource unknown, which has no objects left.</summary>
    public void Withdraw(ResourceStore store)
    {
        store.EndWatches();
        stores.Remove(store);
        Publish();
    }

    /// <summary>The definition that holds now for what a definition names.</summary>
    public ResourceDefinition Current(ResourceDefinition type)
    {
        foreach (ResourceDefinition version in StoreOf(type).Served)
        {
            if (version.Resource == type.Resource)
                return version;
        }

        throw ServerErrors.NoSuchResource();
    }

    public ResourceStore StoreOf(ResourceDefinition type) =>
        served.TryGetValue(type.Resource, out ResourceStore? store) ? store : throw ServerErrors.NoSuchResource();

    public ResourceStore? StoreOfKind(string apiVersion, string kind) => servedByKind.GetValueOrDefault((apiVersion, kind));

    public StoredObject Find(ResourceDefinition type, ObjectKey key)
    {
        ResourceStore store = StoreOf(type);
        if (key.IsNamespaced != type.IsNamespaced)
            throw ServerErrors.NoSuchResource();

        return store.Find(key) ?? throw ServerErrors.NotFound(type, key.Name);
    }

    public StoredObject? FindUid(string uid) => byUid.GetValueOrDefault(uid);

    /// <summary>The objects that name this one as an owner.</summary>
    public IReadOnlyCollection<StoredObject> DependentsOf(string uid) => dependents.TryGetValue(uid, out HashSet<StoredObject>? found) ? found : [];

    public int ContentsOf(string @namespace) => contents.GetValueOrDefault(@namespace);

    public StoredObject? Namespace(string name) => StoreOf(CoreResources.Namespaces).Find(new ObjectKey(name));

    public StoredObject Insert(ResourceStore store, JsonObject root) => Commit(null, Fitting(StoredObject.From(store, root, Version + 1)));

    public StoredObject Update(StoredObject previous, JsonObject root) => Commit(previous, Fitting(StoredObject.From(previous.Store, root, Version + 1)));

    /// <returns>The object as it was last, in the version in which it went.</returns>
    public StoredObject Remove(StoredObject previous)
    {
        JsonObject last = previous.ToJson();
        Commit(previous, null);
        return StoredObject.From(previous.Store, last, Version);
    }

    /// <summary>A new identity. It looks like any other UUID and comes from the runtime's randomness.</summary>
    public string NewUid()
    {
        Span<byte> bytes = stackalloc byte[16];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(runtime.NextDouble() * 256);

        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    public string NewNameSuffix() =>
        string.Create(5, runtime, static (span, runtime) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = NameAlphabet[(int)(runtime.NextDouble() * NameAlphabet.Length)];
        });

    /// <summary>What etcd takes by default.</summary>
    private static StoredObject Fitting(StoredObject value) =>
        value.Bytes.Length <= MaxSize ? value : throw ServerErrors.Unnamed("etcdserver: request is too large");

    private void Publish()
    {
        served.Clear();
        servedByKind.Clear();
        foreach (ResourceStore store in stores)
        {
            foreach (ResourceDefinition version in store.Served)
            {
                served.Add(version.Resource, store);
                servedByKind.TryAdd((version.Resource.ApiVersion, version.Kind), store);
            }
        }

        Volatile.Write(ref definitions, [.. stores.SelectMany(static store => store.Served)]);
    }

    private StoredObject Commit(StoredObject? previous, StoredObject? current)
    {
        Version++;
        var change = new Change(Version, previous, current);
        StoredObject any = (current ?? previous)!;
        if (previous is not null)
            Forget(previous);

        if (current is not null)
            Learn(current);

        any.Store.Apply(change);
        Changed?.Invoke(change);
        return any;
    }

    private void Learn(StoredObject value)
    {
        byUid[value.Uid] = value;
        if (value.Key.IsNamespaced)
            contents[value.Key.Namespace] = ContentsOf(value.Key.Namespace) + 1;

        foreach (OwnerReference owner in value.Metadata.OwnerReferences)
        {
            if (!dependents.TryGetValue(owner.Uid, out HashSet<StoredObject>? owned))
                dependents.Add(owner.Uid, owned = []);

            owned.Add(value);
        }
    }

    private void Forget(StoredObject value)
    {
        byUid.Remove(value.Uid);
        if (value.Key.IsNamespaced)
            contents[value.Key.Namespace] = ContentsOf(value.Key.Namespace) - 1;

        foreach (OwnerReference owner in value.Metadata.OwnerReferences)
        {
            if (dependents.TryGetValue(owner.Uid, out HashSet<StoredObject>? owned) && owned.Remove(value) && owned.Count == 0)
                dependents.Remove(owner.Uid);
        }
    }
}
