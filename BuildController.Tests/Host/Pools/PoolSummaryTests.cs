using BuildController.Core.Model;
using BuildController.Host.Pools;
using BuildController.Informers.Api;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Pools;

[TestFixture]
public sealed class PoolSummaryTests
{
    private static readonly DateTimeOffset Since = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [TestCase(PoolConditionTypes.BuildPending, PoolPhase.Pending)]
    [TestCase(PoolConditionTypes.Building, PoolPhase.Building)]
    [TestCase(PoolConditionTypes.BuildSuccess, PoolPhase.Built)]
    [TestCase(PoolConditionTypes.BuildFailed, PoolPhase.Failed)]
    [TestCase(PoolConditionTypes.BuildInterrupted, PoolPhase.Interrupted)]
    public void The_phase_is_the_condition_that_is_true(string condition, object phase) =>
        PoolSummary.Of(RebuildProgressTests.Pool(condition: condition)).Phase.Should().Be((PoolPhase)phase);

    [Test]
    public void A_pool_that_is_not_layered_says_so() =>
        PoolSummary.Of(new MachineConfigPool { Metadata = new ObjectMeta { Name = "master" } }).Should().Be(new PoolSummary { Name = "master", Phase = PoolPhase.NotLayered });

    [Test]
    public void A_pool_at_its_limit_says_so_and_why()
    {
        MachineConfigPool pool = RebuildProgressTests.Pool(retries: "5") with
        {
            Status = new MachineConfigPoolStatus
            {
                Conditions =
                [
                    new PoolCondition { Type = PoolConditionTypes.BuildFailed, Status = "True", Reason = "BuildFailed", LastTransitionTime = Since },
                    new PoolCondition { Type = PoolConditionTypes.ImageBuildDegraded, Status = "True", Reason = "RetryLimitReached", Message = "broken", LastTransitionTime = Since },
                ],
            },
        };

        PoolSummary summary = PoolSummary.Of(pool);

        summary.Phase.Should().Be(PoolPhase.RetryLimitReached);
        summary.LastError.Should().Be("RetryLimitReached: broken");
        (summary.Attempts, summary.Since).Should().Be((5, Since));
        summary.ToJson().ToJsonString().Should().Be(
            """{"name":"worker","phase":"RetryLimitReached","attempts":5,"lastError":"RetryLimitReached: broken","since":"2026-01-01T00:00:00Z"}""");
    }

    [Test]
    public void Attempts_since_the_last_success_count_with_the_one_under_way()
    {
        PoolSummary.Of(RebuildProgressTests.Pool(serving: "a", ended: ("b", "Failed"))).Attempts.Should().Be(2);
        PoolSummary.Of(RebuildProgressTests.Pool(serving: "a", ended: ("b", "Succeeded"))).Attempts.Should().Be(1);
        PoolSummary.Of(RebuildProgressTests.Pool(ended: ("b", "Failed"))).LastError.Should().Be("BuildFailed: it broke");
    }
}
