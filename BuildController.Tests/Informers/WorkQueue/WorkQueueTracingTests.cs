using System.Diagnostics;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using BuildController.Tests.Informers.Diagnostics;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.WorkQueue;

[TestFixture]
public sealed class WorkQueueTracingTests
{
    [Test]
    public void The_wait_of_a_key_is_a_span_of_its_own_linked_to_those_in_which_it_was_added()
    {
        using var probe = new SpanProbe(ActivityNames.QueueTag, "traced");
        var world = new VirtualWorld();
        using var queue = new WorkQueue<string>(new WorkQueueOptions<string> { Name = "traced" }, world.Runtime);
        ActivityContext first = AddWithin("first");
        world.Advance(TimeSpan.FromSeconds(2));
        ActivityContext second = AddWithin("second");
        queue.Add("a"); // Within no span.
        world.Advance(TimeSpan.FromSeconds(1));

        WorkItem<string> item;
        using (var around = new Activity("around"))
        {
            around.Start();
            item = world.Run(() => queue.GetAsync().AsTask());
            Activity.Current.Should().BeSameAs(around);
        }

        Activity wait = probe.Ended.Should().ContainSingle().Which;
        wait.OperationName.Should().Be(ActivityNames.QueueWait);
        wait.Duration.Should().Be(TimeSpan.FromSeconds(3));
        wait.StartTimeUtc.Should().Be(new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        wait.Parent.Should().BeNull();
        wait.ParentSpanId.Should().Be(default(ActivitySpanId));
        wait.Links.Select(static link => link.Context.SpanId).Should().Equal(first.SpanId, second.SpanId);
        wait.GetTagItem(ActivityNames.KeyTag).Should().Be("a");
        item.Wait.Should().Be(wait.Context);

        ActivityContext AddWithin(string name)
        {
            using var span = new Activity(name);
            span.Start();
            queue.Add("a");
            return span.Context;
        }
    }

    [Test]
    public void The_number_of_links_has_a_bound()
    {
        using var probe = new SpanProbe(ActivityNames.QueueTag, "bounded");
        var world = new VirtualWorld();
        using var queue = new WorkQueue<string>(new WorkQueueOptions<string> { Name = "bounded" }, world.Runtime);
        using var span = new Activity("event");
        span.Start();
        for (int i = 0; i < 1000; i++)
            queue.Add("a");

        world.Run(() => queue.GetAsync().AsTask());

        probe.Ended.Should().ContainSingle().Which.Links.Should().HaveCount(16);
    }
}
