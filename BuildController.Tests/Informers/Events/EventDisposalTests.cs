using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Events;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Events;

[TestFixture]
public sealed class EventDisposalTests
{
    private EventScene scene = null!;

    [SetUp]
    public void Begin() => scene = new EventScene();

    [TearDown]
    public void Nothing_is_left_behind()
    {
        scene.Dispose();
        scene.World.Time.ActiveTimers.Should().Be(0);
        int calls = scene.Calls.Count();
        scene.Hang(false).Heal().Record("Late", "1").Advance(3600);
        scene.Calls.Should().HaveCount(calls, "the task has ended");
    }

    [Test]
    public void Disposing_writes_what_waits()
    {
        scene.RecordMany(100);

        Seconds(scene.Dispose).Should().Be(0);

        scene.Stored.Should().HaveCount(100);
        scene.Recorder.Dropped.Should().Be(0);
        scene.Warnings.Should().BeEmpty();
    }

    [Test]
    public void Disposing_ends_the_wait_for_a_server_at_once_and_tries_all_once_more()
    {
        scene.Fail(EventScene.Refused).Record("A", "1").RecordMany(3).Advance(15);
        int before = scene.Calls.Count();

        Seconds(scene.Dispose).Should().Be(0);

        scene.Calls.Skip(before).Should().HaveCount(4);
        scene.Recorder.Dropped.Should().Be(4);
        scene.Warnings.Should().Contain("4 events were not written before the recorder stopped, 2 s after it was asked to");
    }

    [Test]
    public void A_server_that_is_back_at_that_last_try_gets_them_all()
    {
        scene.Fail(EventScene.Refused).Record("A", "1").RecordMany(3).Heal();

        Seconds(scene.Dispose).Should().Be(0);

        scene.Stored.Should().HaveCount(4);
    }

    [Test]
    public void An_event_that_fails_when_the_recorder_is_closing_is_tried_once()
    {
        scene.Fail(EventScene.Refused);

        scene.World.Run(async () =>
        {
            scene.RecordMany(1);
            await scene.Recorder.DisposeAsync();
        });

        scene.Calls.Should().HaveCount(1);
        scene.Recorder.Dropped.Should().Be(1);
    }

    [Test]
    public void A_server_that_never_answers_is_waited_for_as_long_as_was_asked()
    {
        scene.Hang().Record("InHand", "1").RecordMany(10).Advance(15);

        Seconds(scene.Dispose).Should().Be(2);

        scene.Calls.Should().HaveCount(1);
        scene.Recorder.Dropped.Should().Be(11);
        scene.Warnings.Should().ContainSingle().Which.Should().Contain("11 events");
    }

    [Test]
    public void A_slow_server_gets_what_it_takes_in_time()
    {
        scene.Client.AddReactor(async (_, next, cancellationToken) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(0.6), scene.World.Time, cancellationToken);
            return await next();
        });
        scene.RecordMany(10);

        Seconds(scene.Dispose).Should().Be(2);

        scene.Stored.Should().HaveCount(3);
        scene.Recorder.Dropped.Should().Be(7);
    }

    [Test]
    public void Without_time_to_flush_everything_is_dropped_at_once()
    {
        scene.Dispose();
        scene = new EventScene(new EventRecorderOptions { FlushTimeout = TimeSpan.Zero });
        scene.Hang().Record("InHand", "1").RecordMany(10);

        Seconds(scene.Dispose).Should().Be(0);

        scene.Recorder.Dropped.Should().Be(11);
    }

    [Test]
    public void With_all_the_time_a_slow_server_gets_everything()
    {
        scene.Dispose();
        scene = new EventScene(new EventRecorderOptions { FlushTimeout = Timeout.InfiniteTimeSpan });
        scene.Client.AddReactor(async (_, next, cancellationToken) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), scene.World.Time, cancellationToken);
            return await next();
        });
        scene.RecordMany(10);

        Seconds(scene.Dispose).Should().Be(10);

        scene.Stored.Should().HaveCount(10);
    }

    [Test]
    public void Events_recorded_later_are_dropped_counted_and_logged_once()
    {
        scene.Dispose();

        scene.RecordMany(100);

        scene.Recorder.Dropped.Should().Be(100);
        scene.Logs.Entries.Should().ContainSingle().Which.Message.Should().Contain("disposed").And.Contain("Reason0");
    }

    [Test]
    public void It_may_be_disposed_by_several_and_all_wait()
    {
        scene.Hang().Record("InHand", "1");
        Task[] disposals = [scene.World.Runtime.Start(DisposeAsync), scene.World.Runtime.Start(DisposeAsync)];
        scene.World.RunUntilIdle();
        disposals.Should().OnlyContain(static task => !task.IsCompleted);

        scene.Advance(2);

        disposals.Should().OnlyContain(static task => task.IsCompletedSuccessfully);
    }

    [Test]
    public void A_callback_of_a_client_that_throws_at_the_stop_is_logged_and_stops_nothing()
    {
        scene.Client.AddReactor(async (_, next, cancellationToken) =>
        {
            cancellationToken.Register(static () => throw new InvalidOperationException("no"));
            return await next();
        });
        scene.Hang().Record("InHand", "1");

        Seconds(scene.Dispose).Should().Be(2);

        scene.Warnings.Should().Contain(static message => message.Contains("callback", StringComparison.Ordinal));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Whatever_threads_record_while_it_is_disposed_every_event_is_written_or_counted(CancellationToken giveUp)
    {
        for (int round = 0; round < 20; round++)
        {
            var client = new FakeClientset();
            await using var recorder = new EventRecorder(client, "eventTest");
            var halfway = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            int recorded = 0;
            Task[] callers = [.. Enumerable.Range(0, 8).Select(caller => Task.Run(() =>
            {
                for (int i = 0; i < 100; i++)
                {
                    recorder.Record(EventScene.Pod with { Name = $"foo-{caller}-{i}" }, EventType.Normal, "Started", "blah");
                    if (Interlocked.Increment(ref recorded) == 400)
                        halfway.SetResult();
                }
            }, giveUp))];
            await halfway.Task.WaitAsync(giveUp);

            await recorder.DisposeAsync();
            await Task.WhenAll(callers).WaitAsync(giveUp);

            int written = (await client.Resource(CoreEvent.ResourceType).ListAsync("default", cancellationToken: giveUp)).Items.Count;
            (written + recorder.Dropped).Should().Be(800);
        }
    }

    private async Task DisposeAsync() => await scene.Recorder.DisposeAsync();

    private double Seconds(Action action)
    {
        long before = scene.World.Time.GetTimestamp();
        action();
        return scene.World.Time.GetElapsedTime(before).TotalSeconds;
    }
}
