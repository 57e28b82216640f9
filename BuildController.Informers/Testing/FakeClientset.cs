using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing.Cluster;

namespace BuildController.Informers.Testing;

/// <summary>
/// A clientset for unit tests: it reads and writes an <see cref="InMemoryCluster"/> by the same rules and through the same
/// codecs as over HTTP, records every call, and lets reactions fail, delay or answer calls. Calls complete synchronously
/// unless a reaction awaits. Safe for concurrent use. docs/testing.md has whole tests.
/// </summary>
/// <remarks>
/// It is as strict as a server: conflicts, UIDs, generated names, finalizers and garbage collection included. Only what tells time
/// or draws lots asks the runtime. Without one that is the real clock and an arbitrary seed: UIDs and generated names differ from run to
/// run, <see cref="FakeReaction.Delay"/> really waits, and watches end after half an hour to an hour. That is fine for tests that
/// call a reconciler themselves; where informers or a whole controller run, give the runtime of a <see cref="VirtualWorld"/>.
/// </remarks>
/// <example>
/// <code>
/// var world = new VirtualWorld();
/// var client = new FakeClientset(world.Runtime, Widgets.With(a, b), ConfigMaps.With(map));
/// client.On("patch", "widgets").Refuse(ApiErrorReason.Conflict, times: 1);
/// …
/// client.Writes.Lines.Should().Equal("patch widgets default/a", "patch widgets default/a");
/// </code>
/// </example>
public sealed class FakeClientset : IClientset
{
    private readonly Lock gate = new();
    private readonly List<FakeRequest> actions = [];
    private readonly List<FakeReactor> reactors = [];

    /// <summary>Makes a clientset over a cluster.</summary>
    /// <param name="cluster">The cluster; null for one of its own.</param>
    /// <param name="runtime">The clock and randomness of its own cluster; null for the real ones.</param>
    public FakeClientset(InMemoryCluster? cluster = null, OperatorRuntime? runtime = null) =>
        Cluster = cluster ?? new InMemoryCluster(runtime);

    /// <summary>Makes a clientset over a cluster of its own, in real time, that has these objects.</summary>
    /// <param name="objects">The objects of each resource, which is made known if it is not; their namespaces are made too.</param>
    public FakeClientset(params IReadOnlyList<FakeObjects> objects)
        : this(OperatorRuntime.Default, objects)
    {
    }

    /// <summary>Makes a clientset over a cluster of its own that has these objects.</summary>
    /// <param name="runtime">The clock and randomness of the cluster.</param>
    /// <param name="objects">The objects of each resource, which is made known if it is not; their namespaces are made too.</param>
    public FakeClientset(OperatorRuntime runtime, params IReadOnlyList<FakeObjects> objects)
        : this(new InMemoryCluster(runtime))
    {
        ArgumentNullException.ThrowIfNull(objects);
        foreach (FakeObjects one in objects)
            Register(one.Definition);

        Cluster.Seed([.. objects.SelectMany(one => one.Bodies.Select(body => (Find(one.Definition)!, body)))]);
    }

    /// <summary>The cluster behind it. What is done there directly is neither recorded nor seen by reactions.</summary>
    public InMemoryCluster Cluster { get; }

    /// <summary>Under which name it writes. The default is <c>fake-clientset</c>.</summary>
    public string FieldManager { get; init; } = "fake-clientset";

    /// <summary>Whether calls are kept in <see cref="Actions"/>. The default is true.</summary>
    public bool RecordsActions { get; init; } = true;

    /// <summary>Every call so far, in order, those that failed among them.</summary>
    public FakeActions Actions
    {
        get
        {
            lock (gate)
                return new FakeActions(actions);
        }
    }

    /// <summary>The calls so far that may change something.</summary>
    public FakeActions Writes => Actions.Writes;

    /// <summary>The calls so far as text: what a test compares to see them in order. <c>Writes.Lines</c> has those that may change something.</summary>
    public IReadOnlyList<string> Lines => Actions.Lines;

    /// <inheritdoc cref="FakeActions.Of(string, string, string)"/>
    public FakeActions ActionsOf(string verb, string resource, string name = "*") => Actions.Of(verb, resource, name);

    /// <inheritdoc cref="FakeActions.Of{T}(string, ResourceType{T}, string)"/>
    public FakeActions ActionsOf<T>(string verb, ResourceType<T> type, string name = "*")
        where T : class => Actions.Of(verb, type, name);

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
        Register(ResourceDefinition.For(type, hasStatus));
        return this;
    }

    /// <summary>
    /// Puts objects into the cluster, as they are: with their status, UID, generation and deletion time where they have them,
    /// registering the type and making the namespaces that are missing. Neither recorded nor seen by reactions.
    /// </summary>
    /// <returns>The objects as the cluster keeps them. One whose owners are all missing is collected at once, as in any cluster.</returns>
    /// <exception cref="ArgumentException">There can be no such object in a cluster: its UID is another's, or it is being deleted and nothing holds it back.</exception>
    public IReadOnlyList<T> Seed<T>(ResourceType<T> type, params IEnumerable<T> objects)
        where T : class
    {
        Register(type);
        ResourceDefinition definition = Find(ResourceDefinition.For(type))!;
        return [.. Cluster.Seed([.. type.With(objects).Bodies.Select(body => (definition, body))]).Select(bytes => type.Read(bytes.Span))];
    }

    /// <summary>Says what to do with certain calls, and counts them. The newest reaction comes first.</summary>
    /// <param name="verb"><c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>update</c>, <c>patch</c> or <c>delete</c>, or <c>*</c> for any.</param>
    /// <param name="resource">
    /// The resource's plural name, with or without its group, or <c>*</c> for any: the object and its subresources. With a subresource, as in
    /// <c>widgets/status</c>, that one alone.
    /// </param>
    /// <param name="name">The object, as <c>name</c> or <c>namespace/name</c>; the default is <c>*</c>, for any and for none.</param>
    /// <returns>The reaction: give it something to do. As it is, it only counts.</returns>
    /// <exception cref="ArgumentException">There is no such verb.</exception>
    public FakeReaction On(string verb, string resource, string name = "*") => On(new FakeMatch(verb, resource, name).Covers);

    /// <summary>Says what to do with certain calls for this resource, by its group and version too, and counts them. The newest reaction comes first.</summary>
    /// <param name="verb"><c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>update</c>, <c>patch</c> or <c>delete</c>, or <c>*</c> for any.</param>
    /// <param name="type">The resource: the object and its subresources.</param>
    /// <param name="name">The object, as <c>name</c> or <c>namespace/name</c>; the default is <c>*</c>, for any and for none.</param>
    /// <inheritdoc cref="On(string, string, string)"/>
    public FakeReaction On<T>(string verb, ResourceType<T> type, string name = "*")
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        var match = new FakeMatch(verb, "*", name);
        return On(request => request.Resource == type.Resource && match.Covers(request));
    }

    /// <summary>Says what to do with the calls that a function finds, and counts them. The newest reaction comes first.</summary>
    /// <param name="matches">Asked once for each call; quick, and safe for concurrent use.</param>
    /// <inheritdoc cref="On(string, string, string)" path="/returns"/>
    public FakeReaction On(Func<FakeRequest, bool> matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        var reaction = new FakeReaction(matches, Cluster.Runtime.Time);
        AddReactor(reaction.ReactAsync);
        return reaction;
    }

    /// <summary>Puts a reactor in front of those added before.</summary>
    public void AddReactor(FakeReactor reactor)
    {
        ArgumentNullException.ThrowIfNull(reactor);
        lock (gate)
            reactors.Add(reactor);
    }

    /// <summary>Refuses the next calls of a verb; nothing is applied. Short for <see cref="On(string, string, string)"/> and <see cref="FakeReaction.Refuse(ApiException, int?)"/>.</summary>
    /// <param name="verb">The verb, or <c>*</c> for any.</param>
    /// <param name="resource">The resource's plural name, or <c>*</c> for any.</param>
    /// <param name="error">What the callers get.</param>
    /// <param name="times">How many calls; the default is one.</param>
    public void Fail(string verb, string resource, ApiException error, int times = 1) => On(verb, resource).Refuse(error, times);

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

    private void Register(ResourceDefinition definition)
    {
        if (Find(definition) is null)
            Cluster.Register(definition);
    }

    private ResourceDefinition? Find(ResourceDefinition definition) =>
        Cluster.Find(definition.Resource.Group, definition.Resource.Version, definition.Resource.Plural);
}
