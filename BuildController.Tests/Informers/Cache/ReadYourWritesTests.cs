using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ReadYourWritesTests
{
    private readonly CacheScene scene = new();

    [Test]
    public void It_waits_until_the_event_of_the_write_is_in_the_store()
    {
        Begin();
        Task waiting = Wait(() => scene.Informer.WaitForAsync("12"));
        Send(Modified(Widget.Of("a", 11)));
        waiting.IsCompleted.Should().BeFalse();

        Send(Modified(Widget.Of("a", 12)));

        waiting.IsCompletedSuccessfully.Should().BeTrue();
        scene.Stored.Should().Equal("a@12");
    }

    [Test]
    public void A_version_that_the_store_has_passed_is_not_waited_for()
    {
        Begin();

        Wait(() => scene.Informer.WaitForAsync("9")).IsCompletedSuccessfully.Should().BeTrue();
        Wait(() => scene.Informer.WaitForAsync(Widget.Of("a", 9))).IsCompletedSuccessfully.Should().BeTrue();
    }

    [Test]
    public void A_bookmark_and_a_list_move_the_store_on_too()
    {
        Begin();
        Task bookmark = Wait(() => scene.Informer.WaitForAsync("100"));
        Task list = Wait(() => scene.Informer.WaitForAsync("1000"));

        Send(Bookmark(100));
        bookmark.IsCompletedSuccessfully.Should().BeTrue();
        scene.Server.List(2000);
        Send(Failed(Expired));
        list.IsCompleted.Should().BeFalse();
        scene.World.Advance(TimeSpan.FromSeconds(2));

        list.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Test]
    public void The_write_may_be_a_delete_that_is_told_by_its_own_version()
    {
        Begin();
        Task waiting = Wait(() => scene.Informer.WaitForAsync("11"));

        Send(Deleted(Widget.Of("a", 11)));

        waiting.IsCompletedSuccessfully.Should().BeTrue();
        scene.Stored.Should().BeEmpty();
    }

    [Test]
    public void A_deletion_is_waited_for_until_the_very_object_is_gone()
    {
        Begin();
        Task waiting = Wait(() => scene.Informer.WaitForDeletionAsync(Widget.Of("a", 1)));
        Send(Modified(Widget.Of("a", 11)));
        waiting.IsCompleted.Should().BeFalse("it was only asked to go");

        Send(Deleted(Widget.Of("a", 12)), Added(Widget.Of("a", 13, uid: "second")));

        waiting.IsCompletedSuccessfully.Should().BeTrue();
        scene.Stored.Should().Equal("a@13");
    }

    [Test]
    public void A_deletion_of_an_object_that_the_store_has_not_seen_yet_is_waited_for_too()
    {
        Begin();
        Task waiting = Wait(() => scene.Informer.WaitForDeletionAsync(Widget.Of("b", 11)));
        waiting.IsCompleted.Should().BeFalse("it may still come");

        Send(Added(Widget.Of("b", 11)));
        waiting.IsCompleted.Should().BeFalse();
        Send(Deleted(Widget.Of("b", 12)));

        waiting.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Test]
    public void Versions_that_are_no_numbers_are_waited_for_one_by_one()
    {
        Begin();
        Task passing = Wait(() => scene.Informer.WaitForAsync("x-b"));
        Task never = Wait(() => scene.Informer.WaitForAsync("x-z"));

        Send(Modified(Opaque("x-a")), Modified(Opaque("x-b")), Modified(Opaque("x-c")));

        passing.IsCompletedSuccessfully.Should().BeTrue("it came by, though it is not the newest");
        never.IsCompleted.Should().BeFalse();
        Wait(() => scene.Informer.WaitForAsync("x-c")).IsCompletedSuccessfully.Should().BeTrue("it is there");
        Wait(() => scene.Informer.WaitForAsync(Opaque("x-c"))).IsCompletedSuccessfully.Should().BeTrue();
    }

    [Test]
    public void Of_several_namespaces_the_objects_own_counts()
    {
        var several = new CacheScene(new InformerOptions<Widget> { Namespaces = ["a", "b"] });
        several.Server.List(10).Watch().List(10).Watch();
        several.Start();
        Task own = several.World.Runtime.Start(() => several.Informer.WaitForAsync(new Widget("a", "x", "u", "12")));
        Task all = several.World.Runtime.Start(() => several.Informer.WaitForAsync("12"));

        several.Server.Watches[0].Send(Added(new Widget("a", "x", "u", "12")));
        several.World.RunUntilIdle();
        own.IsCompletedSuccessfully.Should().BeTrue();
        all.IsCompleted.Should().BeFalse();
        several.Server.Watches[1].Send(Bookmark(13));
        several.World.RunUntilIdle();

        all.IsCompletedSuccessfully.Should().BeTrue();
        FluentActions.Invoking(() => { _ = several.Informer.WaitForAsync(new Widget("c", "x", "u", "12")); }).Should().Throw<ArgumentException>();
    }

    [Test]
    public void A_stop_ends_the_waiting_and_so_does_its_token()
    {
        Begin();
        using var cancel = new CancellationTokenSource();
        Task stopped = Wait(() => scene.Informer.WaitForAsync("99"));
        Task cancelled = Wait(() => scene.Informer.WaitForAsync("99", cancel.Token));

        cancel.Cancel();
        scene.World.RunUntilIdle();
        cancelled.IsCanceled.Should().BeTrue();
        stopped.IsCompleted.Should().BeFalse();
        scene.Stop();
        scene.World.RunUntilIdle();

        stopped.IsCanceled.Should().BeTrue();
        Wait(() => scene.Informer.WaitForAsync("99")).IsCanceled.Should().BeTrue();
        Wait(() => scene.Informer.WaitForAsync("10")).IsCompletedSuccessfully.Should().BeTrue("the store has it and stays readable");
    }

    [Test]
    public void An_object_without_a_version_is_refused() =>
        FluentActions.Invoking(() => { _ = scene.Informer.WaitForAsync(new Widget("ns", "a", "u", "")); }).Should().Throw<ArgumentException>();

    [TestCase("10", "9", true)]
    [TestCase("9", "10", false)]
    [TestCase("0010", "9", true)]
    [TestCase("10", "10", true)]
    [TestCase("123456789012345678901234567890", "123456789012345678901234567889", true)]
    [TestCase("99", "123456789012345678901234567890", false)]
    [TestCase("b", "a", false)]
    [TestCase("a", "a", true)]
    [TestCase("10", "a", false)]
    [TestCase("", "1", false)]
    public void Versions_are_compared_as_numbers_of_any_length_where_both_are(string version, string wanted, bool reached) =>
        ResourceVersions.HasReached(version, wanted).Should().Be(reached);

    private static Widget Opaque(string version) => new("ns", "o", "uid-o", version);

    private void Begin()
    {
        scene.Server.List(10, Widget.Of("a", 1)).Watch();
        scene.Start();
    }

    private Task Wait(Func<Task> work)
    {
        Task task = scene.World.Runtime.Start(work);
        scene.World.RunUntilIdle();
        return task;
    }

    private void Send(params WatchEvent<Widget>[] events)
    {
        scene.Server.LastWatch.Send(events);
        scene.World.RunUntilIdle();
    }
}
