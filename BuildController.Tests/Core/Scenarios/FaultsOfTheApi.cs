using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Informers.Testing.Faults;
using BuildController.Tests.Core.Sync;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Scenarios;

/// <summary>The API refuses, loses answers, and tells late or twice what happened: it comes out the same.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
public sealed class FaultsOfTheApi
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(7);

    private static readonly Dictionary<string, Func<Func<Task<FakeResponse>>, Task<FakeResponse>>> Refusals = new()
    {
        ["429"] = static _ => throw Refusal(429, "TooManyRequests", RetryAfter),
        ["500"] = static _ => throw Refusal(500, "InternalError"),
        ["503"] = static _ => throw Refusal(503, "ServiceUnavailable"),
        ["connection reset"] = static _ => throw new ApiException(ApiErrorReason.ConnectionLost, "The connection was reset."),
        ["timeout after it was applied"] = static async next =>
        {
            await next();
            throw Refusal(504, "Timeout");
        },
        ["connection lost after it was applied"] = static async next =>
        {
            await next();
            throw new ApiException(ApiErrorReason.ConnectionLost, "The connection was lost.");
        },
    };

    [Test]
    public void Scenario_42_Conflicts_are_answered_by_looking_again_and_nothing_of_others_is_lost() => BothBuilders.Run(static builder =>
    {
        foreach (string? subresource in (string?[])[null, "status"])
        {
            Play(subresource, conflicts: 1);
            Play(subresource, conflicts: 10);
        }

        void Play(string? subresource, int conflicts)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            int written = 0;
            world.Controller.Clientset
                .On(request => request is { Verb: "patch", Resource.Plural: "machineconfigpools" } && request.Subresource == subresource)
                .Run(_ => WriteAsSomebodyElse(world, ++written), conflicts);

            world.CountFromHere().Request("1").UntilPhase("Running").UntilBuilt();

            world.ShouldBeOk(before);
            world.Builds().Should().Be(2);
            world.Annotation("example.com/note").Should().Be($"{conflicts}", "what others wrote in between stays");
            world.Condition("Updating")!.Status.Should().Be(conflicts % 2 == 0 ? "True" : "False");
            world.Writes().Count.Should().BeLessThan(60);
            world.Logs.Errors.Count.Should().BeLessThanOrEqualTo(conflicts / 10, "a conflict is no error, another writer that is always faster is one");
            world.Pass(TimeSpan.FromMinutes(1)).CountFromHere().Pass(TimeSpan.FromMinutes(10)).Requests().Should().BeEmpty();
        }
    });

    [Test]
    public void Scenario_43_A_call_that_fails_or_whose_answer_is_lost_is_made_again_without_harm() => BothBuilders.Run(static builder =>
    {
        foreach ((string name, Func<Func<Task<FakeResponse>>, Task<FakeResponse>> refusal) in Refusals)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            var calls = new List<(TimeSpan At, string Line, bool IsRefused)>();
            world.Controller.SetFault((number, request, next) =>
            {
                bool isRefused = number % 2 == 1 && request.Verb != "watch";
                calls.Add((TimeSpan.FromTicks(world.World.Time.GetTimestamp()), request.ToString(), isRefused));
                return isRefused ? refusal(next) : next();
            });

            world.Request("1").UntilPhase("Running").UntilBuilt();

            calls.Count(static call => call.IsRefused).Should().BeGreaterThan(15, name);
            world.Pass(TimeSpan.FromMinutes(5)).ShouldBeOk(before);
            world.Builds().Should().Be(2, $"no build is made twice by {name}");
            if (name == "429")
                ShouldHaveWaited(calls);
        }
    });

    [Test]
    public void Scenario_44_Conditions_that_could_not_be_written_follow_what_is_recorded() => BothBuilders.Run(static builder =>
    {
        Play(fails: false, crashes: false);
        Play(fails: false, crashes: true);
        Play(fails: true, crashes: false);
        Play(fails: true, crashes: true);

        void Play(bool fails, bool crashes)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            ControllerProcess first = world.Controller;
            FakeReaction statusAfterRecord = first.Clientset
                .On(request => request is { Resource.Plural: "machineconfigpools", Subresource: "status" } && IsRecorded(world))
                .Run(_ =>
                {
                    if (crashes)
                        first.Kill();
                })
                .Refuse(ApiErrorReason.InternalError);
            if (fails)
                world.Break();

            world.Request("1").Until("the record", () => IsRecorded(world)).Pass(TimeSpan.FromSeconds(40));
            statusAfterRecord.Count.Should().BePositive();
            world.Annotation(PoolKeys.RebuildImage).Should().BeNull("the record itself was written");
            world.IsTrue(PoolConditionTypes.Building).Should().BeTrue("the conditions could not be written yet");
            (world.Image() != before).Should().Be(!fails);

            statusAfterRecord.Stop();
            if (crashes)
                world.StartController();

            if (fails)
            {
                world.UntilFailed().Pass(TimeSpan.FromMinutes(2));
                world.ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, before);
            }
            else
            {
                world.UntilBuilt().ShouldBeOk(before);
            }

            world.Builds().Should().Be(2);
        }
    });

    [Test]
    public void Scenario_45_A_build_object_that_is_there_already_is_adopted_if_it_is_ours_and_cleared_if_not_of_this_attempt() => BothBuilders.Run(static builder =>
    {
        Adopted();
        Cleared();

        void Adopted()
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            FakeReaction create = CreatesOfTheBuild(world).LoseAnswer(times: 1);

            world.Request("1").UntilPhase("Running").UntilBuilt();

            create.Count.Should().Be(2, "it was tried again, as nobody knew");
            world.ShouldBeOk(before);
            world.Builds().Should().Be(2);
        }

        void Cleared()
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            string? planted = null;
            CreatesOfTheBuild(world).Run(_ => planted = PlantBuild(world), times: 1);

            world.Request("1").UntilBuilt();

            world.ShouldBeOk(before);
            planted.Should().NotBeNull();
            world.BuildsOf().Should().BeEmpty();
            world.Builds().Should().Be(3, "the one of another attempt went, and one of this attempt was made");
            world.Invariants.Builds[^1].Attempt.Should().Be(world.State().Last!.Id);
        }
    });

    [Test]
    public void Scenario_46_What_the_API_forbids_is_told_and_goes_on_once_it_is_allowed() => BothBuilders.Run(static builder =>
    {
        foreach (string plural in (string[])["pods", "builds", "secrets"])
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            FakeReaction forbidden = world.Controller.Clientset.On("*", plural).Refuse(ApiErrorReason.Forbidden);

            world.Request("1").Until($"what is in the way of {plural}", () => IsBlocked(world));

            world.Condition(PoolConditionTypes.ImageBuildDegraded)!.Message.Should().Contain(plural);
            world.EventReasons().Should().Contain(nameof(PoolEventReason.BuildBlocked));
            world.CountFromHere().Pass(TimeSpan.FromMinutes(10));
            world.Requests().Count.Should().BeLessThan(20 * 10, "nothing is tried in a tight loop");
            world.EventReasons().Should().ContainSingle(static reason => reason == nameof(PoolEventReason.BuildBlocked));
            world.Annotation(PoolKeys.RebuildImage).Should().Be("1", "the request stays");
            world.Image().Should().Be(before);
            world.Builds().Should().Be(1);

            forbidden.Stop();
            world.UntilPhase("Running").UntilBuilt().ShouldBeOk(before);
            world.Builds().Should().Be(2);
        }
    });

    [Test]
    public void Scenario_47_Watches_that_break_lag_repeat_or_tell_old_news_change_nothing_in_the_end() => BothBuilders.Run(static builder =>
    {
        FaultKind[] kinds =
        [
            FaultKind.WatchClosed, FaultKind.WatchReset, FaultKind.WatchHalfOpen, FaultKind.WatchDelayed,
            FaultKind.WatchDuplicated, FaultKind.WatchTruncated, FaultKind.WatchGarbage, FaultKind.WatchExpired,
        ];
        foreach (FaultKind kind in kinds)
            Play($"{kind}", response => response, new Fault(kind) { AfterEvents = 2, Time = TimeSpan.FromSeconds(10) });

        Play("old news", static response => response with { Events = new StaleEvents(response.Events!) }, fault: null);

        void Play(string name, Func<FakeResponse, FakeResponse> change, Fault? fault)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            FakeReaction watches = world.Controller.Clientset.On("watch", "*").Change(change);
            if (fault is not null)
                world.Controller.Clientset.AddReactor(new FaultInjector("controller", new Always(fault), world.Cluster, world.World.Runtime).ReactAsync);

            // Every watch is opened anew, from a past that is forgotten meanwhile.
            world.Cluster.Restart(TimeSpan.Zero, keepsHistory: false);
            world.Pass(TimeSpan.FromSeconds(10));
            world.Request("1").Until("the image", () => IsRecorded(world)).UntilBuilt().Pass(TimeSpan.FromMinutes(10));
            world.ShouldBeOk(before);
            world.Builds().Should().Be(2, $"a finished rebuild is not begun anew by {name}");

            world.Break().Request("2").Until("the failure", () => world.State().Last?.Trigger == "2").UntilFailed().Pass(TimeSpan.FromMinutes(10));
            world.ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, world.Image());
            world.Builds().Should().Be(3);
            watches.Count.Should().BeGreaterThan(5, "the watches were disturbed");
        }
    });

    [Test]
    public void Scenario_48_A_step_that_fails_for_long_is_tried_a_few_times_then_once_a_minute_and_never_given_up() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        var tries = new List<TimeSpan>();
        FakeReaction refused = world.Controller.Clientset.On("create", "configmaps")
            .Run(_ => tries.Add(TimeSpan.FromTicks(world.World.Time.GetTimestamp())))
            .Refuse(ApiErrorReason.Forbidden);

        world.Request("1").Until("the first try", () => tries.Count > 0).Pass(TimeSpan.FromMinutes(40));

        TimeSpan start = tries[0];
        tries.Count(at => at - start <= TimeSpan.FromSeconds(10)).Should().BeInRange(6, 12, "five retries come soon, and perhaps as many visits for what was told on the pool");
        for (int minute = 2; minute < 40; minute += 2)
            tries.Count(at => at - start > TimeSpan.FromMinutes(minute) && at - start <= TimeSpan.FromMinutes(minute + 2)).Should().BeInRange(1, 3, "it is tried once a minute then");

        world.Annotation(PoolKeys.RebuildImage).Should().Be("1", "the request is still pending");
        IsBlocked(world).Should().BeTrue("and it is seen what it waits for");
        world.Condition(PoolConditionTypes.ImageBuildDegraded)!.Message.Should().Contain("configmaps");

        refused.Stop();
        world.UntilPhase("Running").UntilBuilt().ShouldBeOk(before);
        world.Builds().Should().Be(2);
    });

    [Test]
    public void Scenario_49_A_pool_that_goes_between_an_event_and_the_look_at_it_raises_no_storm() => BothBuilders.Run(static builder =>
    {
        Play(static world => world.Request("1"), builds: 1);
        Play(static world => world.Request("1").UntilPhase("Pending").UntilCondition(PoolConditionTypes.BuildPending), builds: 2);
        Play(static world => world.Request("1").UntilPhase("Running").UntilCondition(PoolConditionTypes.Building), builds: 2);

        void Play(Action<BuildWorld> begin, int builds)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            begin(world);
            world.CountFromHere();
            world.Controller.Clientset.On("get", "machineconfigpools").Run(_ => world.Delete(Resources.MachineConfigPools, BuildWorld.Worker), times: 1);

            world.Pass(TimeSpan.FromMinutes(20));

            world.Pool().Should().BeNull();
            world.Objects(BuildWorld.Worker).Should().BeEmpty();
            world.Builds().Should().Be(builds);
            world.Requests().Count.Should().BeLessThan(60);
            world.ShouldRest();
        }
    });

    private static ApiException Refusal(int code, string reason, TimeSpan? retryAfter = null) =>
        new(new ApiStatus { Status = "Failure", Code = code, Reason = reason, Message = $"The server answers {code}." }, retryAfter);

    private static void WriteAsSomebodyElse(BuildWorld world, int number) => world
        .PatchPool(BuildWorld.Worker, "annotations", "example.com/note", $"{number}")
        .SetCondition("Updating", isTrue: number % 2 == 0);

    private static bool IsRecorded(BuildWorld world) => world.State() is { Serving: null, Last.Trigger: "1" };

    private static bool IsBlocked(BuildWorld world) =>
        world.Condition(PoolConditionTypes.ImageBuildDegraded) is { Status: "True", Reason: nameof(PoolEventReason.BuildBlocked) };

    private static FakeReaction CreatesOfTheBuild(BuildWorld world) =>
        world.Controller.Clientset.On("create", world.BuildPlural, $"{BuildWorld.Namespace}/build-{BuildWorld.ConfigA}");

    /// <summary>What is refused for a while is not asked for again before that is over.</summary>
    private static void ShouldHaveWaited(List<(TimeSpan At, string Line, bool IsRefused)> calls)
    {
        for (int i = 0; i < calls.Count; i++)
        {
            (TimeSpan at, string line, bool isRefused) = calls[i];
            if (!isRefused || line.Contains(" events", StringComparison.Ordinal))
                continue;

            int next = calls.FindIndex(i + 1, call => call.Line == line);
            if (next >= 0)
                (calls[next].At - at).Should().BeGreaterThanOrEqualTo(RetryAfter, $"'{line}' was to come later");
        }
    }

    /// <summary>Somebody's build object of another attempt takes the name.</summary>
    private static string PlantBuild(BuildWorld world)
    {
        var metadata = new ObjectMeta
        {
            Name = $"build-{BuildWorld.ConfigA}",
            Namespace = BuildWorld.Namespace,
            Labels = new Dictionary<string, string>
            {
                [BuildLabels.BuildPod] = string.Empty,
                [BuildLabels.TargetPool] = BuildWorld.Worker,
                [BuildLabels.DesiredConfig] = BuildWorld.ConfigA,
                [BuildLabels.BuildAttempt] = "another",
            },
        };
        if (world.Builder == ImageBuilderType.CustomPodBuilder)
        {
            var spec = new PodSpec { Containers = [new Container { Name = "theirs", Image = "registry.example.com/theirs" }] };
            return BuildWorld.Do(world.Admin.Resource(Resources.Pods).CreateAsync(new Pod { Metadata = metadata, Spec = spec })).Metadata.Uid!;
        }

        return BuildWorld.Do(world.Admin.Resource(Resources.Builds).CreateAsync(new Build { Metadata = metadata })).Metadata.Uid!;
    }

    private sealed class Always(Fault fault) : IFaultPlan
    {
        public Fault? At(FaultPoint point) => point.Verb == "watch" ? fault : null;
    }
}
