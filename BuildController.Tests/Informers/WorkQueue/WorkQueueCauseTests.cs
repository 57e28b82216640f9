using BuildController.Informers.Api;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.WorkQueue;

[TestFixture]
public sealed class WorkQueueCauseTests
{
    private static readonly GroupVersionResource Pods = new("", "v1", "pods");

    private VirtualWorld world = null!;
    private WorkQueue<string> queue = null!;

    [SetUp]
    public void MakeQueue()
    {
        world = new VirtualWorld();
        queue = new WorkQueue<string>(new WorkQueueOptions<string>(), world.Runtime);
    }

    [TearDown]
    public void DisposeQueue() => queue.Dispose();

    [Test]
    public void Reasons_of_adds_that_were_merged_come_out_together_with_the_key()
    {
        queue.Add("a", Because(CauseKind.Added, "x", "1"));
        queue.Add("a");
        queue.Add("a", Because(CauseKind.Deleted, "y", "2"));

        Get().Should().Equal("Added pods x@1", "Deleted pods y@2");
    }

    [Test]
    public void Reasons_of_one_kind_and_object_are_one_with_the_newest_version_and_a_count()
    {
        for (int version = 1; version <= 50; version++)
            queue.Add("a", Because(CauseKind.Updated, "x", $"{version}"));

        Get().Should().Equal("Updated pods x@50 ×50");
    }

    [Test]
    public void There_is_a_bound_and_what_found_no_room_is_counted()
    {
        for (int i = 0; i < 1000; i++)
            queue.Add("a", Because(CauseKind.Added, $"pod-{i}", "1"));

        WorkItem<string> item = world.Run(() => queue.GetAsync().AsTask());

        item.Causes.Should().HaveCount(16);
        item.OmittedCauses.Should().Be(984);
    }

    [Test]
    public void A_key_handed_out_again_has_only_the_reasons_since()
    {
        queue.Add("a", Because(CauseKind.Added, "x", "1"));
        Get(done: false).Should().Equal("Added pods x@1");
        queue.Add("a", Because(CauseKind.Updated, "x", "2"));
        queue.Add("a", Because(CauseKind.Updated, "x", "3"));
        queue.Done("a");

        Get().Should().Equal("Updated pods x@3 ×2");
        queue.Add("a");
        Get().Should().BeEmpty();
    }

    [Test]
    public void Reasons_wait_with_their_delay_and_are_not_told_before()
    {
        queue.Add("a", Because(CauseKind.Requeued, "x", "1") with { After = TimeSpan.FromSeconds(5) });
        queue.Add("a", Because(CauseKind.Updated, "x", "2"));
        Get().Should().Equal("Updated pods x@2");

        world.Advance(TimeSpan.FromSeconds(5));

        Get().Should().Equal("Requeued pods x@1");
    }

    [Test]
    public void Reasons_of_delays_that_were_merged_come_together_at_the_earliest_time()
    {
        queue.Add("a", Because(CauseKind.Requeued, "x", "1") with { After = TimeSpan.FromSeconds(5) });
        queue.Add("a", Because(CauseKind.Added, "y", "2") with { After = TimeSpan.FromSeconds(1) });
        queue.Add("a", Because(CauseKind.Updated, "z", "3") with { After = TimeSpan.FromSeconds(9) });

        world.Advance(TimeSpan.FromSeconds(1));

        Get().Should().Equal("Requeued pods x@1", "Added pods y@2", "Updated pods z@3");
    }

    [Test]
    public void Reasons_survive_a_retry_that_the_key_waits_for_already()
    {
        queue.Add("a", Because(CauseKind.Retried, "x", "1") with { IsRateLimited = true });
        queue.Add("a", Because(CauseKind.Updated, "x", "2") with { IsRateLimited = true, Priority = 3 });

        world.Advance(TimeSpan.FromMilliseconds(5));

        WorkItem<string> item = world.Run(() => queue.GetAsync().AsTask());
        item.Causes.Select(static cause => cause.ToString()).Should().Equal("Retried pods x@1", "Updated pods x@2");
        item.Priority.Should().Be(3);
    }

    [Test]
    public void A_key_says_how_long_it_was_ready()
    {
        queue.Add("a");
        world.Advance(TimeSpan.FromSeconds(3));
        world.Run(() => queue.GetAsync().AsTask()).Waited.Should().Be(TimeSpan.FromSeconds(3));

        queue.Add("a");
        world.Advance(TimeSpan.FromSeconds(2));
        queue.Done("a");
        world.Advance(TimeSpan.FromSeconds(2));

        world.Run(() => queue.GetAsync().AsTask()).Waited.Should().Be(TimeSpan.FromSeconds(4), "it was known to be needed while a worker had it");
    }

    [Test]
    public void A_cause_without_an_object_says_its_kind() =>
        new WorkCause { Kind = CauseKind.Requested }.ToString().Should().Be("Requested");

    private AddOptions Because(CauseKind kind, string name, string version) => new()
    {
        Causes = [new WorkCause { Kind = kind, Resource = Pods, Object = new ObjectKey(name), ResourceVersion = version, Time = world.Time.GetUtcNow() }],
    };

    private string[] Get(bool done = true)
    {
        WorkItem<string> item = world.Run(() => queue.GetAsync().AsTask());
        if (done)
            queue.Done(item.Key);

        return [.. item.Causes.Select(static cause => cause.ToString())];
    }
}
