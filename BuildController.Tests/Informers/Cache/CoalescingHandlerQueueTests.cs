using BuildController.Informers.Cache;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Cache;

/// <summary>How changes of one object become one: + added, ~ updated, - deleted, = told again; k: known to the reader before.</summary>
[TestFixture]
public sealed class CoalescingHandlerQueueTests
{
    [TestCase("+1", "Added 1")]
    [TestCase("+1 ~2 ~3", "Added 3")]
    [TestCase("k0 ~1 ~2", "Updated 0>2")]
    [TestCase("k0 =0", "Resynced 0>0")]
    [TestCase("k0 =0 =0", "Resynced 0>0")]
    [TestCase("k0 =0 ~1", "Updated 0>1")]
    [TestCase("k0 ~1 =1", "Updated 0>1")]
    [TestCase("k0 -1", "Deleted 1")]
    [TestCase("k0 ~1 -2", "Deleted 2")]
    [TestCase("k0 =0 -1", "Deleted 1")]
    [TestCase("k0 -1 +2", "Deleted 1, Added 2")]
    [TestCase("k0 -1 +2 ~3", "Deleted 1, Added 3")]
    [TestCase("k0 -1 +2 -3", "Deleted 1")]
    [TestCase("k0 -1 +2 -3 +4", "Deleted 1, Added 4")]
    [TestCase("+1 -2", "")]
    [TestCase("+1 ~2 -3", "")]
    [TestCase("+1 -2 +3", "Added 3")]
    public void Changes_of_one_object_are_told_as_the_way_from_what_is_known_to_what_is(string changes, string told)
    {
        CoalescingHandlerQueue<Widget> queue = Filled(changes);

        string.Join(", ", Drain(queue)).Should().Be(told);
        queue.Count.Should().Be(0);
    }

    [Test]
    public void Objects_that_come_and_go_unseen_leave_nothing_behind()
    {
        var queue = new CoalescingHandlerQueue<Widget>(Widget.Resource);
        for (int i = 0; i < 100; i++)
        {
            Add(queue, NotificationType.Added, $"w{i}", 1);
            Add(queue, NotificationType.Deleted, $"w{i}", 2);
        }

        queue.Count.Should().Be(0);
    }

    [Test]
    public void A_delete_between_the_two_halves_of_a_recreation_takes_the_second_back()
    {
        CoalescingHandlerQueue<Widget> queue = Filled("k0 -1 +2");

        queue.TryTake(out HandlerItem<Widget> first).Should().BeTrue();
        Add(queue, NotificationType.Deleted, "a", 3);

        first.Fact.Type.Should().Be(NotificationType.Deleted);
        Drain(queue).Should().BeEmpty();
    }

    [Test]
    public void That_all_has_been_told_comes_after_all_that_was_there()
    {
        var queue = new CoalescingHandlerQueue<Widget>(Widget.Resource);
        Add(queue, NotificationType.AddedInitially, "a", 1);
        queue.TryAdd(new HandlerItem<Widget>(new Notification<Widget>(NotificationType.Synced), 0));
        Add(queue, NotificationType.Added, "b", 2);
        Add(queue, NotificationType.Updated, "a", 3, old: 1);

        Drain(queue).Should().Equal("AddedInitially 3", "Synced ", "Added 2");
    }

    [Test]
    public void The_lag_counts_from_the_first_change_that_waits()
    {
        var queue = new CoalescingHandlerQueue<Widget>(Widget.Resource);
        Add(queue, NotificationType.Added, "a", 1, at: 5);
        Add(queue, NotificationType.Updated, "a", 2, old: 1, at: 9);

        queue.TryTake(out HandlerItem<Widget> item).Should().BeTrue();

        item.Applied.Should().Be(5);
    }

    private static CoalescingHandlerQueue<Widget> Filled(string changes)
    {
        var queue = new CoalescingHandlerQueue<Widget>(Widget.Resource);
        Widget? last = null;
        foreach (string change in changes.Split(' '))
        {
            Widget now = change[0] == '=' ? last! : Widget.Of("a", change[1] - '0');
            Notification<Widget>? fact = change[0] switch
            {
                '+' => new Notification<Widget>(NotificationType.Added, now),
                '~' => new Notification<Widget>(NotificationType.Updated, now, last),
                '-' => new Notification<Widget>(NotificationType.Deleted, now),
                '=' => new Notification<Widget>(NotificationType.Resynced, now, now),
                _ => null,
            };
            if (fact is { } told)
                queue.TryAdd(new HandlerItem<Widget>(told, 0));

            last = now;
        }

        return queue;
    }

    private static void Add(CoalescingHandlerQueue<Widget> queue, NotificationType type, string name, int version, int? old = null, long at = 0) =>
        queue.TryAdd(new HandlerItem<Widget>(new Notification<Widget>(type, Widget.Of(name, version), old is { } before ? Widget.Of(name, before) : null), at));

    private static List<string> Drain(CoalescingHandlerQueue<Widget> queue)
    {
        var told = new List<string>();
        while (queue.TryTake(out HandlerItem<Widget> item))
            told.Add($"{item.Fact.Type} {(item.Fact.Old is { } old ? $"{old.Version}>" : "")}{item.Fact.Object?.Version}");

        return told;
    }
}
