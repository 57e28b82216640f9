using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.LeaderElection;

[TestFixture]
public sealed class LeaderFenceTests
{
    private static readonly ResourceType<UnstructuredObject> ConfigMaps =
        ResourceType.Unstructured(new GroupVersionResource("", "v1", "configmaps"), "ConfigMap", ResourceScope.Namespaced);

    private static readonly ObjectKey Key = new("operators", "shared");

    private LeaseScene scene = null!;
    private Switch leadership = null!;
    private IResourceClient<UnstructuredObject> fenced = null!;

    [SetUp]
    public void MakeFence()
    {
        scene = new LeaseScene();
        leadership = new Switch();
        fenced = scene.Client.WithFence(leadership, scene.World.Runtime).Resource(ConfigMaps);
        scene.Client.Cluster.Create(CoreResources.ConfigMaps, Key.Namespace, ConfigMap(Key.Name));
    }

    [TearDown]
    public void DisposeSwitch() => leadership.Dispose();

    [Test]
    public void Every_write_of_one_who_does_not_lead_is_refused_and_not_sent()
    {
        leadership.Lose();
        Func<Task>[] writes =
        [
            () => fenced.CreateAsync(UnstructuredObject.Parse(ConfigMap("new").ToJsonString())),
            () => fenced.ReplaceAsync(UnstructuredObject.Parse(ConfigMap(Key.Name).ToJsonString())),
            () => fenced.PatchAsync(Key, Patch.Merge([])),
            () => fenced.PatchStatusAsync(Key, Patch.Merge([])),
            () => fenced.DeleteAsync(Key),
        ];

        foreach (Func<Task> write in writes)
        {
            ApiException error = FluentActions.Invoking(() => scene.World.Run(write)).Should().Throw<ApiException>().Which;
            (error.Reason, error.Code, error.IsNotLeading, error.IsTransient).Should().Be((ApiErrorReason.NotLeading, 0, true, false));
        }

        scene.Client.Actions.Should().BeEmpty();
    }

    [Test]
    public void Reads_always_pass()
    {
        leadership.Lose();

        scene.World.Run(() => fenced.GetAsync(Key));
        scene.World.Run(() => fenced.ListAsync(Key.Namespace));
        scene.World.Run(async () => await (await fenced.WatchAsync(Key.Namespace, new WatchOptions())).DisposeAsync());

        scene.Verbs.Should().Equal("get", "list", "watch");
    }

    [Test]
    public void Writes_of_the_leader_pass()
    {
        scene.World.Run(() => fenced.PatchAsync(Key, Patch.Merge([])));

        scene.Verbs.Should().Equal("patch");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_write_under_way_when_the_term_is_lost_is_cut_off_and_says_that_it_may_have_been_applied(bool isApplied)
    {
        Task write = Slow(isApplied);

        leadership.Lose();
        scene.World.RunUntilIdle();

        ApiException error = write.Exception!.InnerException.Should().BeOfType<ApiException>().Subject;
        error.Reason.Should().Be(ApiErrorReason.ConnectionLost, "NotLeading would say that it was not sent");
        error.Message.Should().Contain("patch configmaps operators/shared").And.Contain("may have been applied");
    }

    [Test]
    public void A_caller_that_cancels_gets_a_cancellation()
    {
        using var cancel = new CancellationTokenSource();
        Task write = Slow(isApplied: false, cancel.Token);

        cancel.Cancel();
        leadership.Lose();
        scene.World.RunUntilIdle();

        write.IsCanceled.Should().BeTrue();
    }

    [Test]
    public void A_write_answered_in_time_keeps_its_answer_and_an_error_its_reason()
    {
        scene.Client.Fail("patch", "configmaps", new ApiException(ApiErrorReason.Conflict, "It has moved on."));

        FluentActions.Invoking(() => scene.World.Run(() => fenced.PatchAsync(Key, Patch.Merge([])))).Should().Throw<ApiException>().Which.IsConflict.Should().BeTrue();
    }

    [Test]
    public void Behind_an_interceptor_that_repeats_each_try_is_asked_anew()
    {
        scene.Client.Fail("patch", "configmaps", new ApiException(ApiErrorReason.ServiceUnavailable, "busy"), times: 2);
        IClientset client = scene.Client.WithFence(leadership).With(new Repeating(beforeEach: tries =>
        {
            if (tries == 2)
                leadership.Lose();
        }));

        FluentActions.Invoking(() => scene.World.Run(() => client.Resource(ConfigMaps).PatchAsync(Key, Patch.Merge([]))))
            .Should().Throw<ApiException>().Which.IsNotLeading.Should().BeTrue();

        scene.Verbs.Should().Equal("patch");
    }

    [Test]
    public void A_leadership_that_knows_only_whether_it_leads_is_enough_for_a_fence()
    {
        var simple = new Simple { IsLeading = true };
        IResourceClient<UnstructuredObject> client = scene.Client.WithFence(simple).Resource(ConfigMaps);
        scene.World.Run(() => client.PatchAsync(Key, Patch.Merge([])));
        simple.IsLeading = false;

        FluentActions.Invoking(() => scene.World.Run(() => client.PatchAsync(Key, Patch.Merge([])))).Should().Throw<ApiException>();
        scene.Verbs.Should().Equal("patch");
    }

    private static JsonObject ConfigMap(string name) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Key.Namespace },
    };

    private Task Slow(bool isApplied, CancellationToken cancellationToken = default)
    {
        scene.Client.AddReactor(async (_, next, token) =>
        {
            if (isApplied)
                await next();
            await Task.Delay(Timeout.InfiniteTimeSpan, scene.World.Time, token);
            throw new InvalidOperationException("An infinite delay has ended.");
        });
        Task write = scene.World.Runtime.Start(() => fenced.PatchAsync(Key, Patch.Merge([]), cancellationToken));
        scene.World.RunUntilIdle();
        scene.Verbs.Should().Equal("patch");
        write.IsCompleted.Should().BeFalse();
        return write;
    }

    private sealed class Switch : ILeadership, IDisposable
    {
        private readonly CancellationTokenSource lost = new();

        public bool IsLeading => !lost.IsCancellationRequested;

        public CancellationToken Lost => lost.Token;

        public void Lose() => lost.Cancel();

        public void Dispose() => lost.Dispose();

        public Task<ILeaderTerm> JoinAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    private sealed class Simple : ILeadership
    {
        public bool IsLeading { get; set; }

        public Task<ILeaderTerm> JoinAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    private sealed class Repeating(Action<int> beforeEach) : IRequestInterceptor
    {
        public async Task<TResult> SendAsync<TResult>(ClientRequest request, Func<CancellationToken, Task<TResult>> next, CancellationToken cancellationToken)
        {
            for (int tries = 1; ; tries++)
            {
                beforeEach(tries);
                try
                {
                    return await next(cancellationToken);
                }
                catch (ApiException error) when (error.IsTransient)
                {
                }
            }
        }
    }
}
