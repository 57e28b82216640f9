using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Testing;

/// <summary>
/// A runtime whose clock, scheduler and randomness a test holds in its hands: the same calls give the same run, and an
/// hour passes at once. Use it from one thread.
/// </summary>
/// <example>
/// <code>
/// var world = new VirtualWorld();
/// var queue = new WorkQueue&lt;string&gt;(new WorkQueueOptions&lt;string&gt;(), world.Runtime);
/// queue.AddAfter("a", TimeSpan.FromMinutes(5));
/// world.Advance(TimeSpan.FromMinutes(5));
/// world.Run(() => queue.GetAsync().AsTask());
/// </code>
/// </example>
public sealed class VirtualWorld
{
    /// <summary>Makes a world.</summary>
    /// <param name="seed">The seed of its randomness.</param>
    /// <param name="loggers">Where its parts log to; null for nowhere.</param>
    public VirtualWorld(int seed = 1, ILoggerFactory? loggers = null)
    {
#pragma warning disable CA5394 // A seeded run is the point.
        Runtime = new OperatorRuntime
        {
            Time = Time,
            Scheduler = Scheduler,
            Random = new Random(seed),
            LoggerFactory = loggers ?? Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance,
        };
#pragma warning restore CA5394
    }

    /// <summary>The clock.</summary>
    public ManualTimeProvider Time { get; } = new();

    /// <summary>The scheduler.</summary>
    public DeterministicScheduler Scheduler { get; } = new();

    /// <summary>What to give to the parts under test.</summary>
    public OperatorRuntime Runtime { get; }

    /// <summary>Lets everything happen that can happen without the clock moving.</summary>
    public void RunUntilIdle() => Scheduler.RunUntilIdle();

    /// <summary>Moves the clock from timer to timer, and lets everything happen that each makes possible.</summary>
    public void Advance(TimeSpan by)
    {
        long end = Time.GetTimestamp() + by.Ticks;
        Scheduler.RunUntilIdle();
        while (Time.AdvanceToNextTimer(TimeSpan.FromTicks(end - Time.GetTimestamp())))
            Scheduler.RunUntilIdle();

        Time.Advance(TimeSpan.FromTicks(end - Time.GetTimestamp()));
    }

    /// <summary>Runs work to its end, moving the clock whenever nothing else can happen.</summary>
    /// <param name="work">The work; its exception is thrown here.</param>
    /// <param name="within">The most that the clock may move; the default is one hour.</param>
    /// <exception cref="TimeoutException">The work did not end in that time, or waits for something that never comes.</exception>
    public void Run(Func<Task> work, TimeSpan? within = null) =>
        Run(async () =>
        {
            await work();
            return true;
        }, within);

    /// <inheritdoc cref="Run(Func{Task}, TimeSpan?)"/>
    public TResult Run<TResult>(Func<Task<TResult>> work, TimeSpan? within = null)
    {
        TResult result = default!;
        Task task = Runtime.Start(async () => result = await work());
        long end = Time.GetTimestamp() + (within ?? TimeSpan.FromHours(1)).Ticks;
        Scheduler.RunUntilIdle();
        while (!task.IsCompleted)
        {
            if (!Time.AdvanceToNextTimer(TimeSpan.FromTicks(end - Time.GetTimestamp())))
                throw new TimeoutException("The work waits for something that does not happen in the time given.");

            Scheduler.RunUntilIdle();
        }

        task.GetAwaiter().GetResult();
        return result;
    }
}
