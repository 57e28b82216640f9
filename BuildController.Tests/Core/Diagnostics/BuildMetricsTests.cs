using System.Diagnostics;
using BuildController.Core.Diagnostics;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Tests.Core.Rebuild;
using BuildController.Tests.Informers.Diagnostics;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Diagnostics;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BuildMetricsTests
{
    private const string PoolName = "pool of the metrics test";

#pragma warning disable NUnit1032 // The tests that make one dispose of it.
    private readonly MeterProbe probe = new();
#pragma warning restore NUnit1032
    private readonly RebuildWorld world = new();

    [Test]
    public void A_rebuild_that_fails_is_told_as_a_request_a_failed_build_and_its_duration()
    {
        world.Built().Request();
        Record(() => world.BuildFails(), TimeSpan.FromSeconds(90));

        probe.Lines.Should().Equal(
            "rebuild_requests_total 1 result=accepted",
            "builds_total 1 outcome=Failed reason=BuildFailed",
            "build_duration_seconds 90 outcome=Failed");
    }

    [Test]
    public void A_first_build_is_no_request()
    {
        Record(() => world.BuildSucceeds(1), TimeSpan.FromSeconds(30));

        probe.Lines.Should().Equal("builds_total 1 outcome=Succeeded reason=None", "build_duration_seconds 30 outcome=Succeeded");
    }

    [Test]
    public void A_retry_is_counted_when_it_begins()
    {
        Record(() => world.BuildFails("evicted", FailureReason.Evicted), TimeSpan.FromSeconds(10));
        world.Now += TimeSpan.FromMinutes(10);
        Record(() => world.BuildSucceeds(1), TimeSpan.FromSeconds(20));

        probe.Lines.Should().Equal(
            "builds_total 1 outcome=Interrupted reason=Evicted",
            "build_duration_seconds 10 outcome=Interrupted",
            "build_retries_total 1",
            "builds_total 1 outcome=Succeeded reason=None",
            "build_duration_seconds 20 outcome=Succeeded");
    }

    [Test]
    public void A_request_that_is_refused_or_invalid_is_told_as_such()
    {
        world.Built();
        world.Policy = world.Policy with { RetryLimit = 0 };
        world.Request();
        Steps();
        world.Policy = RebuildPolicy.Default;
        world.Inputs = RebuildWorld.InvalidInputs("a key is missing", "m1");
        world.Request("2");
        Steps();

        probe.Lines.Where(static line => line.StartsWith("rebuild", StringComparison.Ordinal)).Should().Equal("rebuild_requests_total 1 result=refused", "rebuild_requests_total 1 result=invalid");
    }

    [Test]
    public void Each_attempt_is_a_span_from_its_acceptance_to_its_end()
    {
        using var spans = new SpanProbe(ImageBuildTelemetry.Name);
        world.Built().Request();
        DateTimeOffset begun = world.Now;
        Record(() => world.BuildFails(), TimeSpan.FromSeconds(90));

        Activity span = spans.Ended.Should().ContainSingle(static span => PoolName.Equals(span.GetTagItem(ImageBuildTelemetry.PoolTag))).Which;
        span.OperationName.Should().Be(ImageBuildTelemetry.AttemptSpan);
        span.StartTimeUtc.Should().Be(begun.UtcDateTime);
        span.Duration.Should().Be(TimeSpan.FromSeconds(90));
        span.Status.Should().Be(ActivityStatusCode.Error);
        span.StatusDescription.Should().Be("a step failed");
        span.TagObjects.Should().Contain(
        [
            new(ImageBuildTelemetry.ConfigTag, RebuildWorld.Config),
            new(ImageBuildTelemetry.AttemptTag, world.State.Last!.Id),
            new(ImageBuildTelemetry.OutcomeTag, "Failed"),
            new(ImageBuildTelemetry.ReasonTag, "BuildFailed"),
            new(ImageBuildTelemetry.BuilderTag, "custom-pod-builder"),
            new(ImageBuildTelemetry.KindTag, "Rebuild"),
        ]);
    }

    /// <summary>Lets an attempt begin, end after a time, and be recorded.</summary>
    private void Record(Action end, TimeSpan after)
    {
        Steps();
        world.Now += after;
        end();
        Steps();
    }

    private void Steps()
    {
        for (int step = 0; step < 20; step++)
        {
            BuildState before = world.State;
            if (world.Step() is Plan.PatchPool patch)
                BuildMetrics.Of(probe.Runtime).Recorded(PoolName, patch, before);
        }
    }
}
