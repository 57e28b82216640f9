using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client;

[TestFixture]
public sealed class InterceptorTests
{
    private static readonly ResourceType<UnstructuredObject> Widgets =
        ResourceType.Unstructured(new GroupVersionResource("example.com", "v1", "widgets"), "Widget", ResourceScope.Namespaced);

    private static readonly ObjectKey Key = new("ns", "a");
    private static readonly ApiException Lost = new(ApiErrorReason.ConnectionLost, "Lost.");

    private VirtualWorld world = null!;
    private FakeClientset fake = null!;

    [SetUp]
    public void Start()
    {
        world = new VirtualWorld();
        fake = new FakeClientset(runtime: world.Runtime);
        fake.Seed(Widgets, Widget("a"));
    }

    [Test]
    public void Every_verb_passes_with_what_it_is_about()
    {
        var interceptor = new RecordingInterceptor();
        IResourceClient<UnstructuredObject> client = fake.With(interceptor).Resource(Widgets);
        Patch merge = Patch.Merge(new JsonObject { ["spec"] = new JsonObject { ["size"] = 2 } });
        Patch status = Patch.Merge(new JsonObject { ["status"] = new JsonObject() });
        var delete = new DeleteOptions { GracePeriod = TimeSpan.Zero };
        string version = string.Empty;

        // The cluster replaces custom resources only with a version.
        fake.AddReactor((request, next, _) => request is { Verb: "update", Key.Name: "b" } ? Task.FromResult(new FakeResponse { Object = request.Body }) : next());
        world.Run(async () =>
        {
            UnstructuredObject read = await client.GetAsync(Key);
            await client.ListAsync("ns");
            await client.ListAsync(null);
            await using (IWatchStream<UnstructuredObject> watch = await client.WatchAsync("ns", WatchOptions.From("1")))
                watch.Should().NotBeNull();
            await client.CreateAsync(Widget("b"));
            await client.CreateAsync(UnstructuredObject.Parse("""{"metadata":{"generateName":"c-","namespace":"ns"}}"""));
            version = read.Metadata.ResourceVersion!;
            await client.ReplaceAsync(read);
            await client.ReplaceAsync(Widget("b"));
            await client.PatchAsync(Key, merge);
            await client.PatchStatusAsync(Key, status);
            await client.DeleteAsync(Key, delete);
            await client.DeleteAsync(new ObjectKey("ns", "b"));
        });

        interceptor.Requests.Select(static request => request.ToString()).Should().Equal(
            "get widgets ns/a", "list widgets ns", "list widgets", "watch widgets ns", "create widgets ns/b", "create widgets ns",
            "update widgets ns/a", "update widgets ns/b", "patch widgets ns/a", "patch widgets/status ns/a", "delete widgets ns/a", "delete widgets ns/b");
        interceptor.Requests.Should().OnlyContain(static request => request.Resource == Widgets.Resource);
        interceptor.Requests.Select(static request => request.IsWrite).Should().Equal(false, false, false, false, true, true, true, true, true, true, true, true);
        interceptor.Requests.Select(static request => request.Patch).OfType<Patch>().Should().Equal(merge, status);
        interceptor.Requests.Select(static request => request.ResourceVersion).OfType<string>().Should().Equal(version);
        interceptor.Requests.Select(static request => request.DeleteOptions).OfType<DeleteOptions>().Should().Equal(delete);
        fake.Actions.Select(static action => action.ToString()).Should().Equal(interceptor.Requests.Select(static request => request.ToString()),
            "an interceptor and the server name a request alike");
    }

    [Test]
    public void The_first_interceptor_is_the_outermost_and_a_later_With_is_further_out()
    {
        var order = new List<string>();
        IClientset inner = fake.With(new RecordingInterceptor("one", order), new RecordingInterceptor("two", order));
        IClientset clientset = inner.With(new RecordingInterceptor("zero", order));

        world.Run(() => clientset.Resource(Widgets).GetAsync(Key));

        order.Should().Equal("zero before", "one before", "two before", "two after", "one after", "zero after");
    }

    [Test]
    public void Without_interceptors_it_is_the_clientset_itself() => fake.With().Should().BeSameAs(fake);

    [Test]
    public void An_interceptor_may_send_a_request_again()
    {
        fake.Fail("delete", "widgets", Lost, times: 2);
        fake.Fail("get", "widgets", Lost, times: 2);
        IResourceClient<UnstructuredObject> client = fake.With(new RecordingInterceptor { Tries = 3 }).Resource(Widgets);

        UnstructuredObject read = world.Run(() => client.GetAsync(Key));
        world.Run(() => client.DeleteAsync(Key));

        read.Metadata.Name.Should().Be("a");
        fake.Actions.Select(static action => action.Verb).Should().Equal("get", "get", "get", "delete", "delete", "delete");
    }

    [Test]
    public void What_an_interceptor_refuses_does_not_reach_the_server()
    {
        IResourceClient<UnstructuredObject> client = fake.With(new RefusingInterceptor()).Resource(Widgets);

        Action delete = () => world.Run(() => client.DeleteAsync(Key));

        delete.Should().Throw<ApiException>().WithMessage("Not now.");
        fake.Actions.Should().BeEmpty();
    }

    [Test]
    public void A_list_has_delivered_as_soon_as_one_object_was_handed_over_and_not_before()
    {
        var interceptor = new RecordingInterceptor();
        IResourceClient<UnstructuredObject> client = fake.With(interceptor).Resource(Widgets);
        bool? during = null;

        world.Run(() => client.ListAsync("ns", ListOptions.Default, _ => during = interceptor.Requests[0].HasDelivered));
        world.Run(() => client.ListAsync("empty"));

        during.Should().BeTrue("a visitor that throws has been handed the object too");
        interceptor.Requests.Select(static request => request.HasDelivered).Should().Equal(true, false);
    }

    [Test]
    public void An_object_that_cannot_be_decoded_is_delivered_too()
    {
        var type = ResourceType.Projection<string>(Widgets.Resource, "Widget", ResourceScope.Namespaced, static (ref _) => throw new JsonException("Bad."), static name => new MetadataView { Key = new ObjectKey("ns", name) });
        var inner = new RecordingInterceptor();
        var outer = new RecordingInterceptor();
        var reported = new List<ObjectKey>();
        IResourceClient<string> client = fake.With(outer, inner).Resource(type);

        world.Run(() => client.ListAsync("ns", new ListOptions { OnUndecodable = poisoned => reported.Add(poisoned.Key) }));

        reported.Should().Equal(Key);
        outer.Requests.Single().HasDelivered.Should().BeTrue();
        inner.Requests.Single().HasDelivered.Should().BeTrue();
    }

    [Test]
    public void A_cancelled_call_stays_cancelled()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Action get = () => world.Run(() => fake.With(new RecordingInterceptor()).Resource(Widgets).GetAsync(Key, stop.Token));

        get.Should().Throw<OperationCanceledException>();
    }

    private static UnstructuredObject Widget(string name) =>
        UnstructuredObject.Parse($$$"""{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"{{{name}}}","namespace":"ns"},"spec":{"size":1}}""");

    private sealed class RefusingInterceptor : IRequestInterceptor
    {
        public Task<TResult> SendAsync<TResult>(ClientRequest request, Func<CancellationToken, Task<TResult>> next, CancellationToken cancellationToken) =>
            request.IsWrite ? Task.FromException<TResult>(new ApiException(ApiErrorReason.Forbidden, "Not now.")) : next(cancellationToken);
    }
}
