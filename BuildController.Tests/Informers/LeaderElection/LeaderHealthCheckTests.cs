using BuildController.Informers.Api;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.LeaderElection;
using FluentAssertions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NUnit.Framework;

namespace BuildController.Tests.Informers.LeaderElection;

[TestFixture]
public sealed class LeaderHealthCheckTests
{
    private static readonly ApiException Down = new(ApiErrorReason.ConnectionRefused, "Nothing listens there.");

    private LeaseScene scene = null!;

    [SetUp]
    public void MakeScene() => scene = new LeaseScene();

    [Test]
    public void A_leader_that_renews_is_healthy()
    {
        LeaderElector elector = Start();
        Advance(60);

        HealthCheckResult result = Check(elector);

        (result.Status, result.Description).Should().Be((HealthStatus.Healthy, "Leads in term operators/test#0 (me)."));
        result.Data.Should().BeEquivalentTo(new Dictionary<string, object>
        {
            ["identity"] = "me", ["isLeading"] = true, ["leader"] = "me", ["term"] = "operators/test#0 (me)",
        });
    }

    [Test]
    public void A_standby_is_healthy_and_says_who_leads()
    {
        scene.Put(scene.HeldBy(LeaseScene.Other) with { LeaseDurationSeconds = 3600 });
        LeaderElector elector = Start();
        Advance(60);

        HealthCheckResult result = Check(elector);

        (result.Status, result.Description).Should().Be((HealthStatus.Healthy, "Stands by; the leader is other."));
        result.Data["leader"].Should().Be("other");
        result.Data["isLeading"].Should().Be(false);
    }

    [Test]
    public void Before_the_first_look_at_the_lease_nothing_is_wrong() =>
        Check(scene.Elector()).Description.Should().Be("Stands by; the leader is not known.");

    [TestCase(35, HealthStatus.Degraded)]
    [TestCase(36, HealthStatus.Unhealthy)]
    public void A_term_whose_work_does_not_end_fails_the_check_when_lease_and_tolerance_are_over(int seconds, HealthStatus expected)
    {
        LeaderElector elector = Start();
        ILeaderTerm work = scene.World.Run(() => elector.JoinAsync());
        scene.Client.Fail("*", "leases", Down, times: int.MaxValue);

        Advance(seconds);

        HealthCheckResult result = Check(elector);
        result.Status.Should().Be(expected);
        if (expected == HealthStatus.Unhealthy)
            result.Description.Should().Be("Term operators/test#0 (me) has not been renewed for 36 s, and 1 participants have not left it.");
        work.Dispose();
    }

    [Test]
    public void An_elector_that_hangs_in_its_term_fails_the_check()
    {
        LeaderElector elector = Start();
        Advance(4);

        // What no code of a test can do: nothing runs, only time passes.
        scene.World.Time.Advance(TimeSpan.FromSeconds(34));
        Check(elector).Status.Should().Be(HealthStatus.Healthy);
        scene.World.Time.Advance(TimeSpan.FromSeconds(2));

        Check(elector).Description.Should().Contain("the elector has not noticed");
        Check(elector, tolerance: TimeSpan.FromMinutes(1)).Status.Should().Be(HealthStatus.Healthy);
        Check(elector, failureStatus: HealthStatus.Degraded).Status.Should().Be(HealthStatus.Degraded);
    }

    [Test]
    public void Tries_that_keep_failing_degrade_the_check_and_the_last_error_is_named()
    {
        scene.Client.Fail("*", "leases", Down, times: 100);
        LeaderElector elector = Start();
        Advance(14.9);
        Check(elector).Status.Should().Be(HealthStatus.Healthy, "it may pass");

        Advance(0.1);

        HealthCheckResult result = Check(elector);
        (result.Status, result.Description).Should().Be((HealthStatus.Degraded, "Tries to get or renew the lease have failed for 15 s: Nothing listens there."));
        Advance(500);
        Check(elector).Status.Should().Be(HealthStatus.Healthy);
    }

    private LeaderElector Start()
    {
        LeaderElector elector = scene.Elector();
        elector.RunAsync();
        scene.World.RunUntilIdle();
        return elector;
    }

    private void Advance(double seconds) => scene.World.Advance(TimeSpan.FromSeconds(seconds));

    private HealthCheckResult Check(LeaderElector elector, TimeSpan? tolerance = null, HealthStatus failureStatus = HealthStatus.Unhealthy)
    {
        var check = new LeaderHealthCheck(elector, tolerance);
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("leader", check, failureStatus, null) };

        // Not in the world: nothing else may run meanwhile.
        return check.CheckHealthAsync(context).GetAwaiter().GetResult();
    }
}
