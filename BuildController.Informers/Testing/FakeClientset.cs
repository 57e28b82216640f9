using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing.Cluster;

namespace BuildController.Informers.Testing;

/// <summary>
/// A clientset for unit tests: it reads and writes an <see cref="InMemoryCluster"/> by the same rules and through the same
/// codecs as over HTTP, records every call, and lets reactors fail, delay or answer calls. Calls complete synchronously
/// unless a reactor awaits. Safe for concurrent use.
/// </summary>
/// <example>
/// <code>
/// var client = new FakeClientset().Register(Widgets);
/// client.Seed(Widgets, new Widget { Metadata = new() { Name = "a", Namespace = "default" } });
/// client.Fail("patch", "widgets", new ApiException(ApiErrorReason.ConnectionLost, "cut"));
/// </code>
/// </example>
public sealed class FakeClientset : IClientset
{
    private readonly Lock gate = new();
    private readonly List<FakeRequest> actions = [];
    private readonly List<FakeReactor> reactors = [];

    /// <summary>Makes a clientset.</summary>
    /// <param name="cluster">The cluster; null for one of its own.</param>
    /// <param name="runtime">The clock and randomness of its own cluster; null for the real ones.</param>
    public FakeClientset(InMemoryCluster? cluster = null, OperatorRuntime? runtime = null) =>
        Cluster = cluster ?? new InMemoryCluster(runtime);

    /// <summary>The cluster behind it. What is done there directly is neither recorded nor seen by reactors.</summary>
    public InMemoryCluster Cluster { get; }

    /// <summary>Under which name it writes. The default is <c>fake-clientset</c>.</summary>
    public string FieldManager { get; init; } = "fake-clientset";

    /// <summary>Whether calls are kept in <see cref="Actions"/>. The default is true.</summary>
    public bool RecordsActions { get; init; } = true;

    /// <summary>Every call so far, in order, those that failed among them.</summary>
    public IReadOnlyList<FakeRequest> Actions
    {
        get
        {
            lock (gate)
                return [.. actions];
        }
    }

    /// <summary>Forgets the calls so far.</summary>
    public void ClearActions()
    {
        lock (gate)
            actions.Clear();
    }

    /// <summary>Makes a custom resource known to the cluster, unless it is already.</summary>
    /// <param name="type">The resource.</param>
    /// <param name="hasStatus">Whether it has the status subresource. The default is true.</param>
    /// <returns>This clientset.</returns>
    public FakeClientset Register<T>(ResourceType<T> type, bool hasStatus = true)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        if (Find(type) is null)
            Cluster.Register(ResourceDefinition.For(type, hasStatus));

        return this;
    }

    /// <summary>
    /// Puts objects into the cluster, as they are: with their status, registering the type and making the namespaces that are
    /// missing. Neither recorded nor seen by reactors.
    /// </summary>
    /// <returns>The objects as the cluster keeps them.</returns>
    public IReadOnlyList<T> Seed<T>(ResourceType<T> type, params IEnumerable<T> objects)
        where T : class
    {
        Register(type);
        ResourceDefinition definition = Find(type)!;
        return [.. objects.Select(value => type.Read(Put(definition, type.KeyOf(value).Namespace, Json.ParseObject(type.Write(value))).Span)).ToArray()];
    }

    /// <summary>Puts a reactor in front of those added before.</summary>
    public void AddReactor(FakeReactor reactor)
    {
        ArgumentNullException.ThrowIfNull(reactor);
        lock (gate)
            reactors.Add(reactor);
    }

    /// <summary>Refuses the next calls of a verb; nothing is applied.</summary>
    /// <param name="verb">The verb, or <c>*</c> for any.</param>
    /// <param name="plural">The resource's plural name, or <c>*</c> for any.</param>
    /// <param name="error">What the callers get.</param>
    /// <param name="times">How many calls; the default is one.</param>
    public void Fail(string verb, string plural, ApiException error, int times = 1)
    {
        int left = times;
        AddReactor((request, next, _) =>
        {
            bool matches = (verb == "*" || verb == request.Verb) && (plural == "*" || plural == request.Resource.Plural);
            return matches && Interlocked.Decrement(ref left) >= 0 ? Task.FromException<FakeResponse>(error) : next();
        });
    }

    /// <inheritdoc/>
    public IResourceClient<T> Resource<T>(ResourceType<T> type)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        return new FakeResourceClient<T>(this, type);
    }

    /// <summary>Records a call and hands it through the reactors, the newest first, to the cluster.</summary>
    internal async Task<FakeResponse> SendAsync(FakeRequest request, Func<ResourceDefinition, FakeResponse> serve, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        FakeReactor[] chain;
        lock (gate)
        {
            if (RecordsActions)
                actions.Add(request);

            chain = [.. reactors];
        }

        FakeResponse response = await Next(chain.Length);
        cancellationToken.ThrowIfCancellationRequested();
        return response;

        async Task<FakeResponse> Next(int count)
        {
            if (count > 0)
                return await chain[count - 1](request, () => Next(count - 1), cancellationToken);

            cancellationToken.ThrowIfCancellationRequested();
            return serve(Cluster.Find(request.Resource.Group, request.Resource.Version, request.Resource.Plural) ?? throw ServerErrors.NoSuchResource());
        }
    }

    private ResourceDefinition? Find<T>(ResourceType<T> type)
        where T : class => Cluster.Find(type.Resource.Group, type.Resource.Version, type.Resource.Plural);

    private ReadOnlyMemory<byte> Put(ResourceDefinition type, string @namespace, JsonObject root)
    {
        if (type.IsNamespaced)
            EnsureNamespace(@namespace);

        root.Object("metadata")?.Remove("resourceVersion");
        ReadOnlyMemory<byte> created = Cluster.Create(type, type.IsNamespaced ? @namespace : null, root);
        if (!type.HasStatus || root["status"] is not { } status)
            return created;

        JsonObject kept = Json.ParseObject(created.Span);
        kept["status"] = status.DeepClone();
        var key = new ObjectKey(kept.Ensure("metadata").Text("namespace") ?? string.Empty, kept.Ensure("metadata").Text("name")!);
        return Cluster.Replace(type, key, "status", kept);
    }

    private void EnsureNamespace(string name)
    {
        try
        {
            Cluster.Create(CoreResources.Namespaces, null, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });
        }
        catch (ApiException error) when (error.IsAlreadyExists)
        {
            // Which is what was wanted.
        }
    }
}
