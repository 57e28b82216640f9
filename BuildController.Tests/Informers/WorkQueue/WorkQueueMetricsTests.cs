using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using BuildController.Tests.Informers.Diagnostics;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.WorkQueue;

[TestFixture]
public sealed class WorkQueueMetricsTests
{
    private VirtualWorld world = null!;
    private MeterProbe probe = null!;
    private OperatorRuntime runtime = null!;
    private WorkQueue<string> queue = null!;

    [SetUp]
    public void MakeQueue()
    {
        world = new VirtualWorld();
        probe = new MeterProbe();
        runtime = new OperatorRuntime { Time = world.Time, Scheduler = world.Scheduler, MeterFactory = probe };
        queue = new WorkQueue<string>(new WorkQueueOptions<string> { Name = "q" }, runtime);
    }

    [TearDown]
    public void Dispose()
    {
        queue.Dispose();
        probe.Dispose();
    }

    [Test]
    public void Adds_that_are_merged_are_not_counted_and_times_run_from_the_first()
    {
        queue.Add("a");
        world.Advance(TimeSpan.FromSeconds(1));
        queue.Add("a");
        world.Advance(TimeSpan.FromSeconds(2));
        Take("a");
        queue.Add("a");
        world.Advance(TimeSpan.FromSeconds(3));
        queue.Add("a");
        queue.Done("a");
        world.Advance(TimeSpan.FromSeconds(4));
        Take("a");

        probe.Sum("workqueue_adds_total{name=q}").Should().Be(2);
        probe.Values("workqueue_queue_duration_seconds{name=q}").Should().Equal(3, 7);
        probe.Values("workqueue_work_duration_seconds{name=q}").Should().Equal(3);
    }

    [Test]
    public void The_depth_counts_keys_that_are_ready_and_those_added_again_but_not_those_with_workers_or_delayed()
    {
        queue.Add("a");
        queue.Add("b");
        queue.Add("c");
        queue.AddAfter("later", TimeSpan.FromHours(1));
        Take("a");
        probe.Observe()["workqueue_depth{name=q}"].Should().Be(2);

        queue.Add("a");
        probe.Observe()["workqueue_depth{name=q}"].Should().Be(3);
        queue.Done("a");
        probe.Observe()["workqueue_depth{name=q}"].Should().Be(3);
    }

    [Test]
    public void Unfinished_work_is_the_sum_and_the_longest_is_the_oldest()
    {
        queue.Add("a");
        queue.Add("b");
        queue.Add("c");
        Take("a");
        world.Advance(TimeSpan.FromSeconds(1));
        Take("b");
        world.Advance(TimeSpan.FromSeconds(1));
        Take("c");
        world.Advance(TimeSpan.FromSeconds(1));

        probe.Observe().Should().Contain("workqueue_unfinished_work_seconds{name=q}", 6).And.Contain("workqueue_longest_running_processor_seconds{name=q}", 3);
        queue.Done("b");
        probe.Observe().Should().Contain("workqueue_unfinished_work_seconds{name=q}", 4).And.Contain("workqueue_longest_running_processor_seconds{name=q}", 3);
        queue.Done("a");
        queue.Done("c");
        probe.Observe().Should().Contain("workqueue_unfinished_work_seconds{name=q}", 0).And.Contain("workqueue_longest_running_processor_seconds{name=q}", 0);
    }

    [Test]
    public void Every_add_that_asks_for_a_delay_is_a_retry_and_an_add_when_it_is_ready()
    {
        queue.AddAfter("a", TimeSpan.FromSeconds(1));
        queue.AddAfter("a", TimeSpan.FromSeconds(2));
        queue.AddRateLimited("b");
        queue.AddRateLimited("b");

        probe.Sum("workqueue_retries_total{name=q}").Should().Be(4);
        probe.Sum("workqueue_adds_total{name=q}").Should().Be(0);
        world.Advance(TimeSpan.FromSeconds(3));
        probe.Sum("workqueue_adds_total{name=q}").Should().Be(2);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_queue_that_is_over_is_observed_no_more(bool drain)
    {
        queue.Add("a");
        Take("a");
        if (drain)
            queue.ShutDownWithDrainAsync();
        else
            queue.ShutDown();

        probe.Observe().Should().HaveCount(drain ? 3 : 0, "a queue that drains still works");
        queue.Done("a");
        probe.Observe().Should().BeEmpty();
    }

    [Test]
    public void Queues_of_one_name_share_a_series_and_a_queue_without_a_name_has_none()
    {
        using var same = new WorkQueue<int>(new WorkQueueOptions<int> { Name = "q" }, runtime);
        using var nameless = new WorkQueue<int>(new WorkQueueOptions<int>(), runtime);
        queue.Add("a");
        same.Add(1);
        same.Add(2);
        nameless.Add(1);

        probe.Observe().Should().HaveCount(3).And.Contain("workqueue_depth{name=q}", 3);
        probe.Sum("workqueue_adds_total{name=q}").Should().Be(3);
        probe.Sum("workqueue_adds_total{name=}").Should().Be(0);
    }

    [Test]
    public void The_health_of_a_queue_names_the_key_that_takes_longest()
    {
        queue.Add("slow");
        queue.Add("quick");
        queue.Add("ready");
        queue.AddAfter("later", TimeSpan.FromHours(1));
        Take("slow");
        world.Advance(TimeSpan.FromSeconds(30));
        Take("quick");

        queue.Health.Should().Be(new WorkQueueHealth
        {
            Ready = 1,
            Delayed = 1,
            Processing = 2,
            LongestRunning = TimeSpan.FromSeconds(30),
            LongestRunningKey = "slow",
        });
    }

    private void Take(string expected) => world.Run(() => queue.GetAsync().AsTask()).Key.Should().Be(expected);
}
