using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Host.Pools;
using BuildController.Informers.Api;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Pools;

[TestFixture]
public sealed class RebuildProgressTests
{
    private const string Request = "2026-01-01T00:00:00Z";

    [Test]
    public void A_request_that_stands_on_the_pool_waits() => Stage(Pool(trigger: Request)).Should().Be(RebuildStage.Requested);

    [Test]
    public void A_request_behind_another_build_says_so() =>
        RebuildProgress.Of(Pool(trigger: Request, serving: "other"), Request).Message.Should().Contain("built for another reason");

    [Test]
    public void A_request_that_is_served_goes_from_accepted_to_building()
    {
        Stage(Pool(trigger: Request, serving: Request)).Should().Be(RebuildStage.Accepted);
        Stage(Pool(trigger: Request, serving: Request, condition: PoolConditionTypes.Building)).Should().Be(RebuildStage.Building);
    }

    [TestCase("Succeeded", RebuildStage.Built)]
    [TestCase("Failed", RebuildStage.Failed)]
    public void A_request_that_has_ended_came_out_so_or_so(string outcome, object stage) =>
        Stage(Pool(ended: (Request, outcome))).Should().Be((RebuildStage)stage);

    [Test]
    public void An_interrupted_build_is_not_the_end() => Stage(Pool(trigger: Request, ended: (Request, "Interrupted"))).Should().Be(RebuildStage.Requested);

    [Test]
    public void The_end_of_another_request_is_not_ours() => Stage(Pool(trigger: Request, ended: ("other", "Failed"))).Should().Be(RebuildStage.Requested);

    [Test]
    public void A_request_that_was_taken_away_unserved_was_refused()
    {
        RebuildProgress progress = RebuildProgress.Of(Pool(retries: "5"), Request);

        progress.Stage.Should().Be(RebuildStage.Refused);
        progress.Message.Should().Contain("5 retries").And.Contain("buildRetries-");
    }

    [Test]
    public void A_request_in_whose_place_another_stands_was_replaced() => Stage(Pool(trigger: "later")).Should().Be(RebuildStage.Replaced);

    [Test]
    public void A_pool_that_is_gone_has_no_request() => Stage(null).Should().Be(RebuildStage.Gone);

    private static RebuildStage Stage(MachineConfigPool? pool) => RebuildProgress.Of(pool, Request).Stage;

    internal static MachineConfigPool Pool(
        string? trigger = null, string? serving = null, (string Trigger, string Outcome)? ended = null, string? condition = null, string? retries = null)
    {
        var annotations = new Dictionary<string, string>();
        if (trigger is not null)
            annotations[PoolKeys.RebuildImage] = trigger;

        if (retries is not null)
            annotations[PoolKeys.BuildRetries] = retries;

        var state = new JsonObject { ["version"] = 1 };
        if (serving is not null)
        {
            state["serving"] = new JsonObject
            {
                ["id"] = "1", ["kind"] = "Rebuild", ["config"] = "rendered", ["trigger"] = serving, ["started"] = "2026-01-01T00:00:00Z",
                ["deadline"] = "2026-01-01T01:00:00Z", ["builder"] = "custom-pod-builder", ["pullspec"] = "r/i:t",
            };
        }

        if (ended is { } end)
        {
            state["history"] = new JsonArray(new JsonObject
            {
                ["id"] = "0", ["config"] = "rendered", ["trigger"] = end.Trigger, ["outcome"] = end.Outcome, ["reason"] = "BuildFailed", ["message"] = "it broke",
                ["digest"] = end.Outcome == "Succeeded" ? "sha256:d" : null, ["started"] = "2026-01-01T00:00:00Z", ["finished"] = "2026-01-01T00:01:00Z",
            });
        }

        annotations[PoolKeys.BuildState] = state.ToJsonString();
        return new MachineConfigPool
        {
            Metadata = new ObjectMeta { Name = "worker", Annotations = annotations, Labels = new Dictionary<string, string> { [PoolKeys.LayeringEnabled] = string.Empty } },
            Status = new MachineConfigPoolStatus { Conditions = condition is null ? [] : [new PoolCondition { Type = condition, Status = "True", Message = "says so" }] },
        };
    }
}
