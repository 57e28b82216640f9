using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Control;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Control;

/// <summary>Which events bring which keys, and with which reasons.</summary>
[TestFixture]
public sealed class ControllerBuilderTests
{
    private VirtualWorld world = null!;
    private FakeClientset client = null!;
#pragma warning disable NUnit1032 // They are disposed, in their own world.
    private SharedInformerFactory informers = null!;
    private IController? controller;
#pragma warning restore NUnit1032
    private List<string> log = null!;

    [SetUp]
    public void MakeWorld()
    {
        world = new VirtualWorld();
        client = new FakeClientset(runtime: world.Runtime).Register(Gadget.Resource);
        client.Seed(Gadget.Resource, Gadget.Of("one", secret: "s1"), Gadget.Of("two", secret: "s2"));
        informers = new SharedInformerFactory(client, runtime: world.Runtime);
        log = [];
        controller = null;
    }

    [TearDown]
    public void Stop()
    {
        if (controller is not null)
            world.Run(async () => await controller.DisposeAsync());

        world.Run(async () => await informers.DisposeAsync());
    }

    [Test]
    public void What_a_controller_is_for_comes_by_its_own_key_with_what_happened()
    {
        Run(static builder => builder.For(Gadget.Resource));
        Taken().Should().BeEquivalentTo("ns/one: Initial gadgets.example.com ns/one", "ns/two: Initial gadgets.example.com ns/two");

        Create(Gadget.Resource, Gadget.Of("three"));
        Patch(Gadget.Resource, "one", new JsonObject { ["spec"] = new JsonObject { ["secret"] = "s9" } });
        Delete(Gadget.Resource, "two");

        Taken().Should().Equal(
            "ns/three: Added gadgets.example.com ns/three", "ns/one: Updated gadgets.example.com ns/one", "ns/two: Deleted gadgets.example.com ns/two");
    }

    [Test]
    public void What_it_owns_brings_the_owner()
    {
        Run(static builder => builder.For(Gadget.Resource).Owns(Resources.ConfigMaps));
        Taken();

        Create(Resources.ConfigMaps, Map("a", Owner("one")));
        Create(Resources.ConfigMaps, Map("b", Owner("one") with { Kind = "Other" }));
        Create(Resources.ConfigMaps, Map("c", Owner("one") with { Controller = null }));
        Create(Resources.ConfigMaps, Map("d", Owner("two") with { ApiVersion = "example.com/v1beta1" }));

        Taken().Should().Equal("ns/one: Added configmaps ns/a", "ns/two: Added configmaps ns/d");
    }

    [Test]
    public void Where_any_owner_counts_each_of_them_comes()
    {
        Run(static builder => builder.For(Gadget.Resource).Owns(Resources.ConfigMaps, anyOwner: true));
        Taken();

        Create(Resources.ConfigMaps, Map("a", Owner("one") with { Controller = null }, Owner("two")));

        Taken().Should().BeEquivalentTo("ns/one: Added configmaps ns/a", "ns/two: Added configmaps ns/a");
    }

    [Test]
    public void An_object_that_changes_hands_brings_both_owners()
    {
        Run(static builder => builder.For(Gadget.Resource).Owns(Resources.ConfigMaps));
        Create(Resources.ConfigMaps, Map("a", Owner("one")));
        Taken();

        Patch(Resources.ConfigMaps, "a", new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["ownerReferences"] = new JsonArray(new JsonObject
                {
                    ["apiVersion"] = "example.com/v1", ["kind"] = "Gadget", ["name"] = "two", ["uid"] = UidOf("two"), ["controller"] = true,
                }),
            },
        });

        Taken().Should().Equal("ns/two: Updated configmaps ns/a", "ns/one: Updated configmaps ns/a");
    }

    [Test]
    public void An_object_that_names_its_target_in_a_label_brings_it_and_without_the_label_nothing()
    {
        Run(static builder => builder.For(Gadget.Resource).WatchesByLabel(Resources.ConfigMaps, "gadget"));
        Taken();

        Create(Resources.ConfigMaps, Map("a") with { Metadata = new ObjectMeta { Name = "a", Namespace = "ns", Labels = Labels("gadget", "two") } });
        Create(Resources.ConfigMaps, Map("b") with { Metadata = new ObjectMeta { Name = "b", Namespace = "ns", Labels = Labels("other", "two") } });
        Taken().Should().Equal("ns/two: Added configmaps ns/a");

        Patch(Resources.ConfigMaps, "a", new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["gadget"] = null } } });
        Taken().Should().Equal(["ns/two: Updated configmaps ns/a"], "it belonged to it before");
    }

    [Test]
    public void A_cluster_scoped_owner_is_found_without_a_namespace()
    {
        client.Register(Resources.MachineConfigPools);
        Run(static builder => builder.For(Resources.MachineConfigPools).WatchesByLabel(Resources.ConfigMaps, "pool"));

        Create(Resources.ConfigMaps, Map("a") with { Metadata = new ObjectMeta { Name = "a", Namespace = "ns", Labels = Labels("pool", "worker") } });

        Taken().Should().Equal("worker: Added configmaps ns/a");
    }

    [Test]
    public void What_is_referred_to_brings_all_that_refer_to_it_by_an_index()
    {
        Create(Gadget.Resource, Gadget.Of("three", secret: "s1"));
        Run(static builder => builder
            .For(Gadget.Resource, new SourceOptions<Gadget>
            {
                Informer = new InformerOptions<Gadget>
                {
                    Indexers = new Dictionary<string, Func<Gadget, IEnumerable<string>>>
                    {
                        ["secret"] = static gadget => gadget.Spec.Secret is { } secret ? [$"ns/{secret}"] : [],
                    },
                },
            })
            .WatchesByIndex(Resources.Secrets, "secret"));
        Taken();

        Create(Resources.Secrets, new Secret { Metadata = new ObjectMeta { Name = "s1", Namespace = "ns" } });

        Taken().Should().BeEquivalentTo("ns/one: Added secrets ns/s1", "ns/three: Added secrets ns/s1");
    }

    [Test]
    public void Anything_else_is_mapped_by_a_function_and_one_that_throws_loses_only_that_event()
    {
        Run(static builder => builder.For(Gadget.Resource).Watches(
            Resources.ConfigMaps,
            static map => map.Metadata.Name == "bad" ? throw new FormatException("bad map") : [new ObjectKey("ns", "one"), new ObjectKey("ns", "two")]));
        Taken();

        Create(Resources.ConfigMaps, Map("bad"));
        Create(Resources.ConfigMaps, Map("good"));

        Taken().Should().Equal("ns/one: Added configmaps ns/good", "ns/two: Added configmaps ns/good");
    }

    [Test]
    public void Predicates_choose_among_updates_and_let_through_what_comes_and_goes()
    {
        Run(static builder => builder.For(Gadget.Resource, new SourceOptions<Gadget>
        {
            Where = Predicates.AnyOf(Predicates.GenerationChanged<Gadget>(), Predicates.AnnotationsChanged<Gadget>()),
        }));
        Taken().Should().HaveCount(2);

        Patch(Gadget.Resource, "one", new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["x"] = "1" } } });
        Taken().Should().BeEmpty("only a label has changed");
        Patch(Gadget.Resource, "one", new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["x"] = "1" } } });
        Patch(Gadget.Resource, "two", new JsonObject { ["spec"] = new JsonObject { ["secret"] = "other" } });
        Delete(Gadget.Resource, "one");

        Taken().Should().Equal(
            "ns/one: Updated gadgets.example.com ns/one", "ns/two: Updated gadgets.example.com ns/two", "ns/one: Deleted gadgets.example.com ns/one");
    }

    [Test]
    public void A_resync_comes_with_low_priority_and_not_at_all_where_a_predicate_leaves_it_out()
    {
        Run(static builder => builder
            .For(Gadget.Resource, new SourceOptions<Gadget> { Handler = new HandlerOptions { ResyncPeriod = TimeSpan.FromMinutes(1) } })
            .Watches(Gadget.Resource, static gadget => [new ObjectKey("quiet")], new SourceOptions<Gadget>
            {
                Handler = new HandlerOptions { ResyncPeriod = TimeSpan.FromMinutes(1) },
                Where = Predicates.NoResync<Gadget>(),
            }));
        Taken();

        world.Advance(TimeSpan.FromMinutes(1));

        Taken().Should().BeEquivalentTo("ns/one: Resync gadgets.example.com ns/one", "ns/two: Resync gadgets.example.com ns/two");
    }

    [Test]
    public void A_live_change_overtakes_what_is_only_there_at_the_start()
    {
        client.Seed(Gadget.Resource, Enumerable.Range(0, 30).Select(static i => Gadget.Of($"old-{i}")));
        var go = new TaskCompletionSource();
        Run(builder =>
        {
            builder.For(Gadget.Resource);
            builder.Options.WaitFor = [_ => go.Task];
        });
        Create(Gadget.Resource, Gadget.Of("live"));

        go.SetResult();
        world.RunUntilIdle();

        Taken()[0].Should().Be("ns/live: Added gadgets.example.com ns/live");
    }

    [Test]
    public void A_burst_of_events_is_answered_once_after_the_delay()
    {
        Run(static builder => builder.For(Gadget.Resource, new SourceOptions<Gadget> { After = TimeSpan.FromSeconds(5) }));
        world.Advance(TimeSpan.FromSeconds(5));
        Taken();
        for (int i = 0; i < 20; i++)
            Patch(Gadget.Resource, "one", new JsonObject { ["spec"] = new JsonObject { ["secret"] = $"s{i}" } });

        world.Advance(TimeSpan.FromSeconds(4));
        Taken().Should().BeEmpty();
        world.Advance(TimeSpan.FromSeconds(1));

        Taken().Should().Equal("ns/one: Updated gadgets.example.com ns/one ×20");
    }

    [Test]
    public void Caches_that_do_not_sync_are_named_with_the_reason()
    {
        client.Fail("list", "secrets", new ApiException(new ApiStatus { Code = 403, Reason = "Forbidden", Message = "secrets is forbidden" }), times: 1000);
        controller = Builder(static builder => builder.For(Gadget.Resource).Watches(Resources.Secrets, static _ => [])).Build(informers, Reconciler(), world.Runtime);
        Task run = controller.RunAsync();

        world.Advance(TimeSpan.FromMinutes(2));

        run.Exception!.InnerException.Should().BeOfType<TimeoutException>().Which.Message
            .Should().Contain("test").And.Contain("v1/secrets").And.Contain("secrets is forbidden").And.NotContain("gadgets");
    }

    [Test]
    public void Mistakes_of_its_author_are_told_in_words_that_help()
    {
        FluentActions.Invoking(() => new ControllerBuilder("test").Owns(Resources.ConfigMaps)).Should().Throw<InvalidOperationException>().WithMessage("*Owns*test*For(…)*");
        FluentActions.Invoking(() => new ControllerBuilder("test").WatchesByLabel(Resources.ConfigMaps, "x")).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => new ControllerBuilder("test").WatchesByIndex(Resources.ConfigMaps, "x")).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => new ControllerBuilder("test").For(Gadget.Resource).For(Resources.Pods)).Should().Throw<InvalidOperationException>().WithMessage("*for Gadget already*");
        FluentActions.Invoking(() => new ControllerBuilder("test").Build(informers, Reconciler(), world.Runtime)).Should().Throw<InvalidOperationException>().WithMessage("*nothing to do*");
        var wrong = new ControllerBuilder("test") { Options = { Workers = 0 } };
        wrong.Invoking(builder => builder.For(Gadget.Resource).Build(informers, Reconciler(), world.Runtime)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*Workers*");
        ControllerBuilder once = new ControllerBuilder("test").For(Gadget.Resource);
        controller = once.Build(informers, Reconciler(), world.Runtime);
        once.Invoking(builder => builder.Build(informers, Reconciler(), world.Runtime)).Should().Throw<InvalidOperationException>().WithMessage("*built already*");
    }

    [Test]
    public void An_index_that_is_not_there_is_told_in_the_log_and_stops_nothing()
    {
        Run(static builder => builder.For(Gadget.Resource).WatchesByIndex(Resources.Secrets, "missing"));
        Taken();

        Create(Resources.Secrets, new Secret { Metadata = new ObjectMeta { Name = "s1", Namespace = "ns" } });
        Create(Gadget.Resource, Gadget.Of("three"));

        Taken().Should().Equal("ns/three: Added gadgets.example.com ns/three");
    }

    private static Dictionary<string, string> Labels(string key, string value) => new() { [key] = value };

    private OwnerReference Owner(string name) => new() { ApiVersion = "example.com/v1", Kind = "Gadget", Name = name, Uid = UidOf(name), Controller = true };

    private string UidOf(string name) => world.Run(() => client.Resource(Gadget.Resource).GetAsync(new ObjectKey("ns", name))).Metadata.Uid!;

    private static ConfigMap Map(string name, params OwnerReference[] owners) =>
        new() { Metadata = new ObjectMeta { Name = name, Namespace = "ns", OwnerReferences = owners } };

    private static ControllerBuilder Builder(Action<ControllerBuilder> configure)
    {
        var builder = new ControllerBuilder("test");
        configure(builder);
        return builder;
    }

    private void Run(Action<ControllerBuilder> configure)
    {
        controller = Builder(configure).Build(informers, Reconciler(), world.Runtime);
        _ = controller.RunAsync();
        world.RunUntilIdle();
    }

    private DelegateReconciler<ObjectKey> Reconciler() => new((context, _) =>
    {
        string[] causes = [.. context.Causes.Select(static cause => (cause with { ResourceVersion = string.Empty }).ToString())];
        log.Add($"{context.Key}: {string.Join(", ", causes)}");
        return ValueTask.FromResult(ReconcileResult.Done);
    });

    private string[] Taken()
    {
        world.RunUntilIdle();
        string[] taken = [.. log];
        log.Clear();
        return taken;
    }

    private void Create<T>(ResourceType<T> type, T value)
        where T : class => world.Run(() => client.Resource(type).CreateAsync(value));

    private void Patch<T>(ResourceType<T> type, string name, JsonObject change)
        where T : class => world.Run(() => client.Resource(type).PatchAsync(new ObjectKey("ns", name), BuildController.Informers.Client.Patch.Merge(change)));

    private void Delete<T>(ResourceType<T> type, string name)
        where T : class => world.Run(() => client.Resource(type).DeleteAsync(new ObjectKey("ns", name)));
}
