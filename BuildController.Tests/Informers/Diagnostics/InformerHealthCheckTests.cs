using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Diagnostics;
using BuildController.Tests.Informers.Cache;
using FluentAssertions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Diagnostics;

[TestFixture]
public sealed class InformerHealthCheckTests
{
    private static readonly ReflectorOptions Watchdog = new();

    [Test]
    public void Informers_that_have_synced_and_hear_of_their_server_are_healthy()
    {
        var scene = new CacheScene();
        scene.Server.List(10);
        scene.Start();

        HealthCheckResult result = Check(scene);

        (result.Status, result.Description).Should().Be((HealthStatus.Healthy, "All 1 informers are well."));
        result.Data.Should().BeEmpty();
    }

    [Test]
    public void An_informer_that_has_not_synced_fails_the_check_and_is_named_with_the_reason()
    {
        var scene = new CacheScene(new InformerOptions<Widget> { Namespace = "ns" });
        scene.Server.ListFails(Error(403, "Forbidden", "You may not list widgets."));
        scene.Start();

        HealthCheckResult result = Check(scene);

        result.Status.Should().Be(HealthStatus.Unhealthy);
        result.Data.Should().ContainSingle().Which.Key.Should().Contain("widgets").And.Contain("'ns'");
        result.Data.Values.Single().As<string>().Should().Contain("has not synced").And.Contain("You may not list widgets");
        result.Description.Should().Contain("You may not list widgets");
    }

    [Test]
    public void The_status_of_a_failed_check_is_what_its_registration_says()
    {
        var scene = new CacheScene();

        Check(scene, failureStatus: HealthStatus.Degraded).Status.Should().Be(HealthStatus.Degraded);
    }

    [TestCase(4, HealthStatus.Healthy)]
    [TestCase(5, HealthStatus.Degraded)]
    [TestCase(14, HealthStatus.Degraded)]
    [TestCase(15, HealthStatus.Unhealthy)]
    public void The_longer_nothing_is_heard_of_the_server_the_worse(int minutes, HealthStatus expected)
    {
        var scene = new CacheScene();
        scene.Server.List(10);
        scene.Start();

        scene.World.Advance(TimeSpan.FromMinutes(minutes));

        HealthCheckResult result = Check(scene);
        result.Status.Should().Be(expected);
        if (expected != HealthStatus.Healthy)
            result.Description.Should().Contain($"nothing heard of the server for {minutes * 60} s");
    }

    [TestCase(1, HealthStatus.Healthy)]
    [TestCase(6, HealthStatus.Degraded)]
    [TestCase(16, HealthStatus.Unhealthy)]
    public void The_longer_an_informer_that_has_synced_fails_the_worse(int minutes, HealthStatus expected)
    {
        var scene = new CacheScene();
        scene.Server.List(10).Watch(Failed(Error(500)));
        for (int i = 0; i < 100; i++)
            scene.Server.ListFails(Error(500, message: "Down."));
        scene.Start();

        scene.World.Advance(TimeSpan.FromMinutes(minutes));

        HealthCheckResult result = Check(scene);
        result.Status.Should().Be(expected);
        if (expected != HealthStatus.Healthy)
            result.Description.Should().Contain("Down");
    }

    [Test]
    public void Watches_that_keep_being_silent_degrade_and_never_fail()
    {
        var scene = new CacheScene(reflector: Watchdog);
        scene.Server.List(10);
        scene.Start();

        scene.World.Advance(TimeSpan.FromMinutes(3));
        Check(scene).Status.Should().Be(HealthStatus.Healthy, "one connection died, the next is young");
        for (int i = 0; i < 20; i++)
        {
            scene.World.Advance(TimeSpan.FromMinutes(5));
            Check(scene).Status.Should().Be(HealthStatus.Degraded);
        }

        Check(scene, new InformerHealthCheckOptions { DegradedAfterSilentWatches = 0, DegradedAfter = TimeSpan.FromMinutes(11) })
            .Status.Should().Be(HealthStatus.Healthy, "a server without bookmarks can be allowed for");
    }

    [Test]
    public void Objects_that_cannot_be_decoded_degrade_and_are_named()
    {
        var scene = new CacheScene();
        scene.Server.ListWithPoison(10, new(new ObjectKey("ns", "bad"), "", "", new ApiException(ApiErrorReason.MalformedResponse, "Bad.")));
        scene.Start();

        HealthCheckResult result = Check(scene);

        result.Status.Should().Be(HealthStatus.Degraded);
        result.Description.Should().Contain("ns/bad");
    }

    private static HealthCheckResult Check(
        CacheScene scene, InformerHealthCheckOptions? options = null, HealthStatus failureStatus = HealthStatus.Unhealthy)
    {
        var check = new InformerHealthCheck(scene.Factory, options, scene.World.Runtime);
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("informers", check, failureStatus, null) };
        return scene.World.Run(() => check.CheckHealthAsync(context));
    }
}
