using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing.Cluster;

namespace BuildController.Informers.Testing;

/// <summary>
/// A cluster's API without the cluster: one store with the rules of a real API server. Thread-safe. Every verb does its work
/// before it returns, including what the garbage collector and the namespace controller would do a moment later. A request that
/// a server would refuse throws <see cref="ApiException"/> with the server's code, reason, wording and causes.
/// </summary>
/// <remarks>
/// With a runtime whose clock and randomness are controlled, the same calls give the same UIDs, names, times and versions.
/// The answers are the bytes that the cluster keeps: read them, never write them.
/// </remarks>
public sealed class InMemoryCluster
{
    private static readonly WriteOptions Plain = new();

    private readonly ClusterState state;
    private readonly ObjectWriter writer;
    private readonly ObjectDeleter deleter;
    private readonly Janitor janitor;
    private readonly Lister lister;
    private DateTimeOffset awayUntil;

    /// <summary>Makes a cluster that knows <see cref="CoreResources"/> and has the namespaces <c>default</c> and <c>kube-system</c>.</summary>
    /// <param name="runtime">Its clock and randomness; null for the real ones.</param>
    /// <param name="options">Null for the defaults.</param>
    public InMemoryCluster(OperatorRuntime? runtime = null, InMemoryClusterOptions? options = null)
    {
        state = new ClusterState(runtime ?? OperatorRuntime.Default, options ?? new InMemoryClusterOptions());
        writer = new ObjectWriter(state);
        deleter = new ObjectDeleter(state);
        janitor = new Janitor(state, deleter);
        lister = new Lister(state);
        foreach (ResourceDefinition definition in CoreResources.All)
            state.Register(definition);

        foreach (string name in new[] { "default", "kube-system" })
            Create(CoreResources.Namespaces, null, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });
    }

    /// <summary>
    /// Told of each <see cref="Restart"/>, before it ends the open watches, with how long nobody listens: for those in front of the cluster who
    /// have connections to reset. Called on the thread that restarts, and not under a lock.
    /// </summary>
    public event Action<TimeSpan>? Restarting;

    /// <summary>The resources that it knows, in the order of their registration.</summary>
    public IReadOnlyList<ResourceDefinition> Definitions => state.Definitions;

    /// <summary>The version of the newest change.</summary>
    internal long Version
    {
        get
        {
            lock (state.Gate)
                return state.Version;
        }
    }

    /// <summary>Its clock and randomness.</summary>
    internal OperatorRuntime Runtime => state.Runtime;

    /// <summary>Makes a resource known, as creating a CustomResourceDefinition does, but without one.</summary>
    /// <exception cref="InvalidOperationException">The resource is known already.</exception>
    public void Register(ResourceDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        lock (state.Gate)
            state.Register(definition);
    }

    /// <summary>The resource that a URL names, or null.</summary>
    public ResourceDefinition? Find(string group, string version, string plural)
    {
        var resource = new GroupVersionResource(group, version, plural);
        return Definitions.FirstOrDefault(definition => definition.Resource == resource);
    }

    /// <summary>Reads an object.</summary>
    public ReadOnlyMemory<byte> Get(ResourceDefinition type, ObjectKey key)
    {
        lock (state.Gate)
            return state.Find(type, key).BytesAs(state.Current(type));
    }

    /// <summary>Reads the scale subresource of an object (autoscaling/v1 Scale).</summary>
    public ReadOnlyMemory<byte> GetScale(ResourceDefinition type, ObjectKey key)
    {
        lock (state.Gate)
            return Json.Bytes(ObjectScale.Of(state.Find(type, key), state.Current(type)));
    }

    /// <summary>
    /// Lists one page, or everything where there is no limit. The pages of one list show one state, however long the reading takes,
    /// until <see cref="Compact"/> or the history window ends it: then the token answers 410.
    /// </summary>
    public StoredList List(ResourceDefinition type, string? @namespace, ListOptions options) => lister.List(type, @namespace, options);

    /// <summary>
    /// Opens a watch: it misses nothing that happens after the call returns. A version that is no longer kept is answered in the
    /// stream, by an <see cref="WatchEventType.Error"/> event, as servers do.
    /// </summary>
    /// <returns>The stream; the caller disposes it on every path.</returns>
    public ClusterWatch Watch(ResourceDefinition type, string? @namespace, WatchOptions options)
    {
        lock (state.Gate)
        {
            var filter = new ObjectFilter(state.Current(type), @namespace, options.LabelSelector, options.FieldSelector);
            long from = lister.CheckReached(options.ResourceVersion);
            return new ClusterWatch(state, state.StoreOf(type), filter, from, options);
        }
    }

    /// <summary>Creates an object.</summary>
    /// <returns>The object as it is kept.</returns>
    public ReadOnlyMemory<byte> Create(ResourceDefinition type, string? @namespace, JsonObject body, WriteOptions? options = null) =>
        Write(type, view => writer.Create(view, @namespace, body, options ?? Plain));

    /// <summary>
    /// Puts objects in as they would be found there, see <see cref="ObjectSeeder"/>, all in one step: an owner may come after what it owns.
    /// </summary>
    /// <returns>The objects as they were put in; those whose owners are all missing are gone again.</returns>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Seed(params IReadOnlyList<(ResourceDefinition Type, JsonObject Body)> objects)
    {
        lock (state.Gate)
        {
            var seeder = new ObjectSeeder(state, writer);
            ReadOnlyMemory<byte>[] seeded = [.. objects.Select(one => (ReadOnlyMemory<byte>)seeder.Seed(one.Type, one.Body).Bytes)];
            janitor.Work();
            return seeded;
        }
    }

    /// <summary>
    /// Replaces an object, or with the subresource <c>status</c> its status. With the subresource <c>binding</c> of a pod, the body
    /// is a Binding, and the pod is assigned to its target node; with <c>scale</c> it is a Scale, and so is the answer. A lease or an
    /// event that is not there is created.
    /// </summary>
    /// <returns>The object as it is kept.</returns>
    public ReadOnlyMemory<byte> Replace(ResourceDefinition type, ObjectKey key, string? subresource, JsonObject body, WriteOptions? options = null)
    {
        if (subresource == ObjectScale.Subresource)
            return Scale(type, key, _ => body, options);

        return Write(type, view =>
        {
            if (subresource == PodBinding.Subresource && view.Rules is PodRules)
            {
                StoredObject pod = state.Find(view, key);
                return state.Update(pod, PodBinding.Apply(pod, body, state.Now));
            }

            if (subresource is null && view.Rules.AllowsCreateOnUpdate && state.StoreOf(view).Find(key) is null)
                return writer.CreateByUpdate(view, key, body, options ?? Plain);

            return writer.Update(Target(view, key, subresource), new ObjectUpdate(view, subresource, body, UpdateKind.Replace, options ?? Plain));
        });
    }

    /// <summary>Changes an object, or with a subresource its status or its scale.</summary>
    /// <param name="type">The resource.</param>
    /// <param name="key">The object.</param>
    /// <param name="subresource">Null, <c>status</c> or <c>scale</c>.</param>
    /// <param name="patch">The change; with a resourceVersion in its metadata it is conditional.</param>
    /// <param name="options">How to write; null for the defaults.</param>
    /// <param name="created">Whether there was no such object before, which only a server-side apply allows.</param>
    /// <returns>The object as it is kept.</returns>
    public ReadOnlyMemory<byte> Patch(ResourceDefinition type, ObjectKey key, string? subresource, Patch patch, WriteOptions? options, out bool created)
    {
        created = false;
        if (subresource == ObjectScale.Subresource)
            return Scale(type, key, scale => ObjectScale.Patch(scale, patch), options);

        if (patch.Kind == PatchKind.Apply)
            return Apply(type, key, subresource, patch, options ?? Plain, out created);

        return Write(type, view =>
        {
            StoredObject current = Target(view, key, subresource);
            JsonObject next = ObjectPatcher.Apply(view, current.ToJson(view), patch);
            return writer.Update(current, new ObjectUpdate(view, subresource, next, UpdateKind.Patch, options ?? Plain));
        });
    }

    /// <summary>Asks an object to go.</summary>
    /// <param name="type">The resource.</param>
    /// <param name="key">The object.</param>
    /// <param name="options">Preconditions, grace and propagation.</param>
    /// <param name="gone">Whether the deletion itself removed it. Finalizers, a grace period or dependents may hold it back.</param>
    /// <param name="dryRun">Whether everything is done but the deletion itself. The default is false.</param>
    /// <returns>The object's last state if it is gone, otherwise the object as it waits.</returns>
    public ReadOnlyMemory<byte> Delete(ResourceDefinition type, ObjectKey key, DeleteOptions options, out bool gone, bool dryRun = false)
    {
        bool removed = false;
        ReadOnlyMemory<byte> last = Write(type, view => deleter.Delete(state.Find(view, key), options, out removed, dryRun));
        gone = removed;
        return last;
    }

    /// <summary>Asks every object that is selected to go.</summary>
    /// <param name="type">The resource.</param>
    /// <param name="namespace">The namespace, or null for all of them and for cluster-scoped resources.</param>
    /// <param name="selector">Which objects.</param>
    /// <param name="options">Preconditions, grace and propagation.</param>
    /// <param name="dryRun">Whether everything is done but the deletions themselves. The default is false.</param>
    /// <returns>The objects as their deletions left them.</returns>
    public StoredList DeleteCollection(ResourceDefinition type, string? @namespace, ListOptions selector, DeleteOptions options, bool dryRun = false)
    {
        lock (state.Gate)
        {
            ResourceDefinition view = state.Current(type);
            var items = new List<ReadOnlyMemory<byte>>();
            foreach (StoredObject value in lister.Select(view, @namespace, selector))
            {
                if (state.FindUid(value.Uid) is { } present)
                    items.Add(deleter.Delete(present, options, out _, dryRun).BytesAs(view));
            }

            janitor.Work();
            return new StoredList(items, new ListMetadata { ResourceVersion = state.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        }
    }

    /// <summary>
    /// Forgets the past, as etcd's compaction does: watches and continue tokens of versions before the present one answer 410.
    /// Open watches go on.
    /// </summary>
    public void Compact()
    {
        lock (state.Gate)
        {
            foreach (ResourceStore store in state.Stores)
                store.Compact(state.Version);
        }
    }

    /// <summary>
    /// Restarts the server: every open watch ends, and for a while nobody listens. What is stored stays.
    /// </summary>
    /// <param name="downtime">How long nobody listens; see <see cref="IsAway"/>.</param>
    /// <param name="keepsHistory">Whether watches may go on from where they were. Otherwise their versions are expired, as those of continue tokens are.</param>
    public void Restart(TimeSpan downtime, bool keepsHistory)
    {
        lock (state.Gate)
            awayUntil = state.Runtime.Time.GetUtcNow() + downtime;

        Restarting?.Invoke(downtime);
        lock (state.Gate)
        {
            foreach (ResourceStore store in state.Stores)
                store.CutOffWatches();
        }

        if (!keepsHistory)
            Compact();
    }

    /// <summary>
    /// Whether the server restarts, so that nobody listens. It is for those in front of the cluster, as fault injectors and the embedded
    /// API server, to refuse connections meanwhile; the cluster itself answers all the same.
    /// </summary>
    public bool IsAway
    {
        get
        {
            lock (state.Gate)
                return state.Runtime.Time.GetUtcNow() < awayUntil;
        }
    }

    private ReadOnlyMemory<byte> Apply(ResourceDefinition type, ObjectKey key, string? subresource, Patch patch, WriteOptions options, out bool created)
    {
        bool isNew = false;
        ReadOnlyMemory<byte> result = Write(type, view =>
        {
            JsonObject applied = ObjectPatcher.ReadApplied(view, key, patch);
            StoredObject? current = state.StoreOf(view).Find(key);
            isNew = current is null && subresource is null;
            if (isNew && applied.Object("metadata")?.Text("uid") is { Length: > 0 } uid)
                throw ServerErrors.Conflict(view, key.Name, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");

            if (!isNew)
                current = Target(view, key, subresource);

            (JsonObject root, JsonArray owners) = new FieldOwners(view, state.Now).Apply(current?.ToJson(view), applied, subresource, options);
            return current is null
                ? writer.Create(view, key.IsNamespaced ? key.Namespace : null, root, options, owners)
                : writer.Update(current, new ObjectUpdate(view, subresource, root, UpdateKind.Apply, options, owners));
        });
        created = isNew;
        return result;
    }

    private ReadOnlyMemory<byte> Scale(ResourceDefinition type, ObjectKey key, Func<JsonObject, JsonObject> change, WriteOptions? options)
    {
        lock (state.Gate)
        {
            ResourceDefinition view = state.Current(type);
            StoredObject current = state.Find(view, key);
            JsonObject next = ObjectScale.Put(current, view, change(ObjectScale.Of(current, view)));
            StoredObject scaled = writer.Update(current, new ObjectUpdate(view, null, next, UpdateKind.Patch, options ?? Plain));
            janitor.Work();
            return Json.Bytes(ObjectScale.Of(scaled, view));
        }
    }

    /// <summary>Carries out a write, and what controllers make of it.</summary>
    /// <param name="type">The resource, as the caller knows it.</param>
    /// <param name="write">Does it with the definition that holds now.</param>
    private ReadOnlyMemory<byte> Write(ResourceDefinition type, Func<ResourceDefinition, StoredObject> write)
    {
        lock (state.Gate)
        {
            ResourceDefinition view = state.Current(type);
            byte[] result = write(view).BytesAs(view);
            janitor.Work();
            return result;
        }
    }

    private StoredObject Target(ResourceDefinition type, ObjectKey key, string? subresource) =>
        subresource is null || (subresource == "status" && type.HasStatus)
            ? state.Find(type, key)
            : throw ServerErrors.NoSuchResource();
}
