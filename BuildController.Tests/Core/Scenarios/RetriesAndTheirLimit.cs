using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Tests.Core.Sync;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Scenarios;

/// <summary>How rebuilds are counted, and what happens when there were too many.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
public sealed class RetriesAndTheirLimit
{
    private const int Limit = 5;

    [Test]
    public void Scenario_70_A_failure_is_counted_once_whatever_happens_to_the_controller_and_a_success_ends_the_count() => BothBuilders.Run(static builder =>
    {
        OneByOne();
        int at = 0;
        while (HasDied(++at))
        {
            // The next call, then.
        }

        at.Should().BeGreaterThan(25, "the whole rebuild was gone through");

        void OneByOne()
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Break();
            for (int failure = 1; failure <= 3; failure++)
            {
                world.Request($"{failure}").UntilPhase("Running").Annotation(PoolKeys.BuildRetries).Should().Be($"{failure}");
                world.UntilFailed().ShouldHaveFailed(FailureReason.BuildFailed, failure, before);
            }

            world.Mend().Request("good").UntilBuilt().ShouldBeOk(before);
            world.Annotation(PoolKeys.BuildRetries).Should().BeNull();
            world.Builds().Should().Be(5);
        }

        bool HasDied(int call)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            ControllerProcess first = world.Controller;
            first.KillAfter(call);
            world.Break().Request("1").Until("the end, of one or the other", () => first.IsDead || world.State() is { Serving: null, Last.Trigger: "1" });
            if (first.IsDead)
                world.Pass(TimeSpan.FromSeconds(call % 3 * 20)).StartController();

            world.UntilFailed().Pass(TimeSpan.FromMinutes(3)).ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, before);
            world.Builds().Should().Be(2, $"one build serves the request, though the controller died after call {call}");
            return first.IsDead;
        }
    });

    [Test]
    public void Scenario_71_Five_attempts_are_allowed_and_the_sixth_is_refused_untouched() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = AtTheLimit(builder, out string? before);
        world.Condition(PoolConditionTypes.ImageBuildDegraded)!.Should().Match<PoolCondition>(static condition =>
            condition.Reason == nameof(PoolEventReason.RetryLimitReached) && condition.Message.Contains("retry limit is reached (5 of 5)"));
        world.EventReasons().Should().ContainSingle(static reason => reason == nameof(PoolEventReason.RetryLimitReached));
        string kept = world.BuildsOf(BuildWorld.Worker).Single().Uid;

        world.Mend().CountFromHere().Request("6").Until("the refusal", () => world.Annotation(PoolKeys.RebuildImage) is null).Pass(TimeSpan.FromMinutes(5));

        world.ShouldHaveFailed(FailureReason.BuildFailed, Limit, before);
        world.BuildsOf(BuildWorld.Worker).Single().Uid.Should().Be(kept, "a refused request touches nothing");
        world.Builds().Should().Be(1 + Limit);
        world.Writes().Where(static request => request.Resource.Plural != "events").Select(static request => $"{request}")
            .Should().Equal("patch machineconfigpools worker");
        world.EventReasons()[^1].Should().Be(nameof(PoolEventReason.RebuildRefused));
        world.Events().Single(static item => item.Reason == nameof(PoolEventReason.RebuildRefused)).Message.Should().Contain("kubectl annotate mcp worker");
        world.ShouldRest();
    });

    [Test]
    public void Scenario_72_A_malformed_count_is_told_taken_away_and_counts_as_none() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        world.Break();
        string[] malformed = ["abc", "-1", "", "1e9", "99999999999999999999", " 3", "٣", "5.0"];
        for (int i = 0; i < malformed.Length; i++)
        {
            string value = malformed[i];
            world.PatchPool(BuildWorld.Worker, "annotations", PoolKeys.BuildRetries, value);
            world.Until($"the repair of '{value}'", () => world.Annotation(PoolKeys.BuildRetries) is null).Pass(TimeSpan.FromMinutes(1));
            world.Events().Count(static item => item.Reason == nameof(PoolEventReason.MalformedAnnotation)).Should().Be(i + 1);

            // With the request in the same moment it counts as none, too.
            world.PatchPool(BuildWorld.Worker, "annotations", PoolKeys.BuildRetries, value).Request($"{i}").Until("the attempt", () => world.State().Last?.Trigger == $"{i}");
            world.UntilFailed().Pass(TimeSpan.FromMinutes(2)).ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, before);
            world.ResetRetries().Pass(TimeSpan.FromMinutes(1));
        }

        // What can be read is believed, also beyond the limit.
        world.PatchPool(BuildWorld.Worker, "annotations", PoolKeys.BuildRetries, "123").Request("more").Until("the refusal", () => world.Annotation(PoolKeys.RebuildImage) is null);
        world.Pass(TimeSpan.FromMinutes(2)).EventReasons()[^1].Should().Be(nameof(PoolEventReason.RebuildRefused));
        world.Builds().Should().Be(1 + malformed.Length);
        world.ShouldRest();
    });

    [Test]
    public void Scenario_73_At_the_limit_a_removed_count_or_a_new_config_opens_the_way_and_a_request_alone_does_not() => BothBuilders.Run(static builder =>
    {
        RequestAlone();
        RemovedCount(isDown: false);
        RemovedCount(isDown: true);
        NewConfig();

        void RequestAlone()
        {
            using BuildWorld world = AtTheLimit(builder, out string? before);
            world.Mend().Request("again").Until("the refusal", () => world.Annotation(PoolKeys.RebuildImage) is null).Pass(TimeSpan.FromMinutes(5));
            world.ShouldHaveFailed(FailureReason.BuildFailed, Limit, before);
            world.Builds().Should().Be(1 + Limit);
        }

        void RemovedCount(bool isDown)
        {
            using BuildWorld world = AtTheLimit(builder, out string? before);
            if (isDown)
                world.WhileDown(static world => world.Mend().ResetRetries().Request("again"));
            else
                world.Mend().ResetRetries().Request("again");

            world.UntilPhase("Running").Annotation(PoolKeys.BuildRetries).Should().Be("1");
            world.UntilBuilt().ShouldBeOk(before);
            world.Builds().Should().Be(2 + Limit);
        }

        void NewConfig()
        {
            using BuildWorld world = AtTheLimit(builder, out string? before);
            world.Render(BuildWorld.ConfigB).UntilPhase("Running").Annotation(PoolKeys.BuildRetries).Should().BeNull("a first build of a config is no retry");
            world.UntilFailed().ShouldHaveFailed(FailureReason.BuildFailed, retries: 0, before);
            world.Mend().Request("of B").UntilPhase("Running").Annotation(PoolKeys.BuildRetries).Should().Be("1");
            world.UntilBuilt().ShouldBeOk(before);
            world.Builds().Should().Be(3 + Limit);
        }
    });

    [Test]
    public void Scenario_74_A_count_that_is_edited_while_a_build_runs_does_not_disturb_it_and_stays_bounded() => BothBuilders.Run(static builder =>
    {
        Play("0", after: "0", isRefused: false);
        Play("4", after: "4", isRefused: false);
        Play("5", after: "5", isRefused: true);
        Play("9", after: "9", isRefused: true);
        Play("abc", after: null, isRefused: false);
        Play(null, after: null, isRefused: false);

        void Play(string? edited, string? after, bool isRefused)
        {
            Succeeding(edited);
            Failing(edited, after, isRefused);
        }

        void Succeeding(string? edited)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Request("1").UntilCondition(PoolConditionTypes.Building).PatchPool(BuildWorld.Worker, "annotations", PoolKeys.BuildRetries, edited);
            world.UntilBuilt().ShouldBeOk(before);
            world.Builds().Should().Be(2);
        }

        void Failing(string? edited, string? after, bool isRefused)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Break().Request("1").UntilCondition(PoolConditionTypes.Building).PatchPool(BuildWorld.Worker, "annotations", PoolKeys.BuildRetries, edited);
            world.UntilFailed().Pass(TimeSpan.FromMinutes(5));
            world.TrueBuildConditions().Should().Equal(PoolConditionTypes.BuildFailed);
            world.Annotation(PoolKeys.BuildRetries).Should().Be(after);
            world.Image().Should().Be(before);
            world.Condition(PoolConditionTypes.ImageBuildDegraded)!.Reason.Should().Be(isRefused ? nameof(PoolEventReason.RetryLimitReached) : nameof(FailureReason.BuildFailed));
            world.Builds().Should().Be(2);

            world.Request("2").Until("the answer", () => world.Annotation(PoolKeys.RebuildImage) is null).Pass(TimeSpan.FromMinutes(5));
            world.Builds().Should().Be(isRefused ? 2 : 3);
            world.ShouldRest();
        }
    });

    [Test]
    public void Scenario_75_A_success_after_four_failures_starts_the_count_anew() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        world.Break();
        for (int failure = 1; failure <= 4; failure++)
            world.Request($"{failure}").UntilFailed().ShouldHaveFailed(FailureReason.BuildFailed, failure, before);

        world.Mend().Request("good").UntilBuilt().ShouldBeOk(before);
        world.IsTrue(PoolConditionTypes.Degraded).Should().BeFalse();
        string? good = world.Image();

        world.Break().Request("bad").UntilFailed().ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, good);
        world.Builds().Should().Be(7);
        world.ShouldRest();
    });

    private static BuildWorld AtTheLimit(ImageBuilderType builder, out string? image)
    {
        BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        image = world.Image();
        world.Break();
        for (int attempt = 1; attempt <= Limit; attempt++)
            world.Request($"{attempt}").UntilFailed().ShouldHaveFailed(FailureReason.BuildFailed, attempt, image);

        return world;
    }
}
