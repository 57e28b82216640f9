using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Rebuild;

[TestFixture]
public sealed class ConditionProjectionTests
{
    private static readonly DateTimeOffset Then = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Then.AddHours(1);
    private static readonly BuildPhase Built = new BuildPhase.Succeeded("Built x.");
    private static readonly BuildPhase Broken = new BuildPhase.Failed(FailureReason.BuildFailed, "a step failed", IsLimitReached: false);

    private static readonly string[] Types = ["BuildInterrupted", "BuildFailed", "BuildSuccess", "BuildPending", "Building", "ImageBuildDegraded"];

    [Test]
    public void Conditions_that_say_so_already_are_left_as_they_are()
    {
        IReadOnlyList<PoolCondition> said = Project([], Built);

        Project(said, Built).Should().BeSameAs(said);
        IReadOnlyList<PoolCondition> failed = Project([], Broken);
        Project(failed, Broken).Should().BeSameAs(failed);
    }

    [Test]
    public void Exactly_one_of_ours_is_true_and_none_is_missing()
    {
        IReadOnlyList<PoolCondition> said = Project([], Built);

        said.Select(static condition => condition.Type).Should().BeEquivalentTo(Types);
        said.Where(static condition => condition.IsTrue).Should().ContainSingle().Which.Type.Should().Be("BuildSuccess");
        said.Where(static condition => !condition.IsTrue).Should().OnlyContain(static condition => condition.Reason.Length == 0 && condition.Message.Length == 0);
    }

    [TestCaseSource(nameof(Types))]
    public void Each_of_ours_that_says_something_else_is_put_right_and_keeps_others(string type)
    {
        PoolCondition foreign = new() { Type = "Updated", Status = "True", Reason = "r", Message = "m", LastTransitionTime = Then };
        IReadOnlyList<PoolCondition> said = Project([foreign], Built);
        PoolCondition right = said.Find(type)!;

        foreach (PoolCondition wrong in (PoolCondition[])[right with { Status = right.IsTrue ? "False" : "True" }, right with { Reason = "other" }, right with { Message = "other" }])
        {
            IReadOnlyList<PoolCondition> mended = Project([.. said.Select(condition => condition.Type == type ? wrong : condition)], Built);
            mended.Should().BeEquivalentTo(said, static options => options.Excluding(static condition => condition.LastTransitionTime));
        }

        Project([.. said.Where(condition => condition.Type != type)], Built).Should().HaveCount(said.Count);
        Project([.. said, right], Built).Where(condition => condition.Type == type).Should().ContainSingle("a second one of its type goes");
        said.Should().Contain(foreign);
    }

    [Test]
    public void The_time_of_transition_moves_with_the_status_alone()
    {
        PoolCondition old = new() { Type = "BuildSuccess", Status = "True", Reason = "Other", Message = "Other", LastTransitionTime = Then };

        Project([old], Built).Find("BuildSuccess")!.LastTransitionTime.Should().Be(Then);
        Project([old with { Status = "False" }], Built).Find("BuildSuccess")!.LastTransitionTime.Should().Be(Now);
    }

    [Test]
    public void A_failure_degrades_and_a_success_recovers_what_was_ours()
    {
        IReadOnlyList<PoolCondition> failed = Project([], Broken);
        failed.IsTrue("Degraded").Should().BeTrue();
        failed.IsTrue("ImageBuildDegraded").Should().BeTrue();

        IReadOnlyList<PoolCondition> recovered = Project(failed, Built);
        recovered.Find("Degraded")!.Should().Match<PoolCondition>(static condition => condition.Status == "False" && condition.Reason.Length == 0 && condition.Message.Length == 0);
        recovered.IsTrue("ImageBuildDegraded").Should().BeFalse();
    }

    [TestCase("NodeDegraded")]
    [TestCase("RenderDegraded")]
    public void Degraded_stays_while_somebody_else_has_a_cause_for_it(string cause)
    {
        IReadOnlyList<PoolCondition> failed = [.. Project([], Broken), new PoolCondition { Type = cause, Status = "True" }];

        Project(failed, Built).IsTrue("Degraded").Should().BeTrue();
    }

    [Test]
    public void A_degraded_of_somebody_else_is_not_taken_back() =>
        Project([new PoolCondition { Type = "Degraded", Status = "True", Reason = "Theirs" }], Built).IsTrue("Degraded").Should().BeTrue();

    [Test]
    public void What_blocked_a_build_is_forgotten_where_nothing_is_built()
    {
        IReadOnlyList<PoolCondition> blocked = ConditionProjection.Block([], "no", Now);
        blocked.Find("ImageBuildDegraded")!.Should().Match<PoolCondition>(static condition => condition.Status == "True" && condition.Reason == "BuildBlocked" && condition.Message == "no");

        Project(blocked, BuildPhase.NotBuilt.Instance).Find("ImageBuildDegraded")!.Should().Match<PoolCondition>(static condition => condition.Status == "False" && condition.Reason.Length == 0 && condition.Message.Length == 0);
        IReadOnlyList<PoolCondition> nothing = [];
        Project(nothing, BuildPhase.NotBuilt.Instance).Should().BeSameAs(nothing);
    }

    [TestCase(false, true)]
    [TestCase(true, false)]
    public void A_blocked_build_says_so_until_its_object_is_there(bool hasBuild, bool stays)
    {
        IReadOnlyList<PoolCondition> blocked = ConditionProjection.Block([], "no", Now);

        Project(blocked, new BuildPhase.Pending("accepted", hasBuild)).IsTrue("ImageBuildDegraded").Should().Be(stays);
        Project([], new BuildPhase.Pending("accepted", hasBuild)).IsTrue("ImageBuildDegraded").Should().BeFalse();
    }

    [Test]
    public void A_pool_that_is_not_built_for_any_more_has_none_of_ours()
    {
        PoolCondition foreign = new() { Type = "Updated", Status = "True" };

        ConditionProjection.Clear([foreign, .. Project([], Broken)], Now).Select(static condition => condition.Type).Should().BeEquivalentTo("Updated", "Degraded");
        IReadOnlyList<PoolCondition> none = [foreign];
        ConditionProjection.Clear(none, Now).Should().BeSameAs(none);
    }

    private static IReadOnlyList<PoolCondition> Project(IReadOnlyList<PoolCondition> present, BuildPhase phase) =>
        ConditionProjection.Project(present, phase, Now, TimeSpan.FromMinutes(1));
}
