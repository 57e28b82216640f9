using System.Threading.Channels;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Testing;

[TestFixture]
public sealed class VirtualWorldTests
{
    [Test]
    public void A_day_of_delays_passes_at_once_and_in_order()
    {
        var world = new VirtualWorld();
        var seen = new List<string>();
        Task late = world.Runtime.Start(() => Note("late", TimeSpan.FromHours(23)));
        Task early = world.Runtime.Start(() => Note("early", TimeSpan.FromHours(1)));

        world.Advance(TimeSpan.FromDays(1));

        Task.WhenAll(late, early).IsCompletedSuccessfully.Should().BeTrue();
        seen.Should().Equal("early 01:00:00", "late 23:00:00");

        async Task Note(string name, TimeSpan delay)
        {
            await Task.Delay(delay, world.Time);
            seen.Add($"{name} {world.Time.GetUtcNow().TimeOfDay}");
        }
    }

    [Test]
    public void Everything_runs_on_the_thread_that_pumps_even_across_channels_and_completion_sources()
    {
        var world = new VirtualWorld();
        var threads = new HashSet<int>();
        var channel = Channel.CreateUnbounded<int>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        Task reader = world.Runtime.Start(async () =>
        {
            while (await channel.Reader.WaitToReadAsync())
            {
                threads.Add(Environment.CurrentManagedThreadId);
                while (channel.Reader.TryRead(out _))
                {
                }
            }

            done.SetResult();
        });
        Task writer = world.Runtime.Start(async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                channel.Writer.TryWrite(i);
                await Task.Delay(TimeSpan.FromSeconds(1), world.Time);
                threads.Add(Environment.CurrentManagedThreadId);
            }

            channel.Writer.Complete();
            await done.Task;
            threads.Add(Environment.CurrentManagedThreadId);
        });

        world.Advance(TimeSpan.FromMinutes(1));

        Task.WhenAll(reader, writer).IsCompletedSuccessfully.Should().BeTrue();
        threads.Should().Equal(Environment.CurrentManagedThreadId);
    }

    [Test]
    public void Work_that_waits_for_nothing_is_reported_instead_of_hanging()
    {
        var world = new VirtualWorld();

        Action run = () => world.Run(() => new TaskCompletionSource().Task);

        run.Should().Throw<TimeoutException>();
    }

    [Test]
    public void A_disposed_timer_neither_fires_nor_counts()
    {
        var time = new ManualTimeProvider();
        int fired = 0;
        ITimer timer = time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(3));

        timer.Dispose();
        time.Advance(TimeSpan.FromSeconds(3));

        fired.Should().Be(3);
        time.ActiveTimers.Should().Be(0);
        timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan).Should().BeFalse();
    }
}
