using BuildController.Informers.Diagnostics;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Diagnostics;

[TestFixture]
public sealed class QueueHealthCheckTests
{
    private VirtualWorld world = null!;
    private WorkQueue<string> queue = null!;

    [SetUp]
    public void MakeQueue()
    {
        world = new VirtualWorld();
        queue = new WorkQueue<string>(new WorkQueueOptions<string> { Name = "pools" }, world.Runtime);
    }

    [TearDown]
    public void DisposeQueue() => queue.Dispose();

    [TestCase(299, HealthStatus.Healthy, "The workers of all 1 queues get on.")]
    [TestCase(300, HealthStatus.Degraded, "pools: a worker has had stuck for 300 s")]
    [TestCase(1800, HealthStatus.Unhealthy, "pools: a worker has had stuck for 1800 s")]
    public void A_worker_that_has_one_key_for_long_is_stuck(int seconds, HealthStatus expected, string description)
    {
        queue.Add("stuck");
        world.Run(() => queue.GetAsync().AsTask());
        queue.Add("ready");
        queue.AddAfter("delayed", TimeSpan.FromDays(1));
        world.Advance(TimeSpan.FromSeconds(seconds));

        HealthCheckResult result = Check();

        result.Status.Should().Be(expected);
        result.Description.Should().Be(description);
        result.Data["pools"].Should().Be("1 ready, 1 delayed, 1 with workers");
    }

    [Test]
    public void A_long_queue_whose_workers_get_on_is_well()
    {
        for (int i = 0; i < 1000; i++)
            queue.Add($"{i}");

        world.Advance(TimeSpan.FromHours(1));

        Check().Status.Should().Be(HealthStatus.Healthy);
    }

    private HealthCheckResult Check()
    {
        var check = new QueueHealthCheck([queue]);
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("queues", check, HealthStatus.Unhealthy, tags: null) };
        return world.Run(() => check.CheckHealthAsync(context));
    }
}
