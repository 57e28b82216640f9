using System.Diagnostics;
using System.Diagnostics.Metrics;
using BuildController.Informers.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BuildController.Informers.Execution;

/// <summary>
/// The world that the library runs in: its clock, its scheduler, its randomness, its logs and its metrics. Every part takes one, and
/// every task that outlives a call is started through <see cref="Start"/>. Nothing else in the library starts tasks or
/// reads a clock, so a simulator that gives its own runtime sees and orders everything that happens.
/// </summary>
/// <remarks>
/// The rule about captured contexts: the library awaits plainly and never leaves the scheduler that a method was called
/// on. Loops are started here, without a synchronisation context, so they never run on a caller's UI thread or request;
/// a method that a caller awaits itself resumes where the caller's own code would. docs/architecture.md says why.
/// Instances are immutable and safe for concurrent use.
/// </remarks>
public sealed class OperatorRuntime
{
    /// <summary>The meter of runtimes that were given no factory: what listens by name finds it.</summary>
    private static readonly Meter SharedMeter = new(MetricNames.Meter);

    private readonly Lock randomLock = new();

    /// <summary>The real clock, the thread pool, an unseeded random source and no logs.</summary>
    public static OperatorRuntime Default { get; } = new();

    /// <summary>The clock and the timers. The default is <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where started work runs. The default is the thread pool.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;

    /// <summary>Where loggers come from. The default writes nothing.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Where instruments are made. The default is a meter of the name <see cref="MetricNames.Meter"/>, shared by the process.</summary>
    public IMeterFactory? MeterFactory { get; init; }

    /// <summary>The meter that parts make their instruments with.</summary>
    internal Meter Meter => MeterFactory?.Create(MetricNames.Meter) ?? SharedMeter;

    /// <summary>The source of jitter, used under a lock. The default has an arbitrary seed; give a seeded one to repeat a run.</summary>
    public Random Random { private get; init; } = UnseededRandom();

    /// <summary>A random number in [0, 1).</summary>
    public double NextDouble()
    {
        lock (randomLock)
            return Random.NextDouble();
    }

    /// <summary>
    /// Starts work that outlives the call. It begins on <see cref="Scheduler"/>, never on the caller's stack or
    /// synchronisation context. The caller owns the returned task: it awaits it when it stops, so that nothing leaks.
    /// </summary>
    /// <param name="work">The work; its exceptions end up in the returned task.</param>
    public Task Start(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
#pragma warning disable RS0030 // This is the seam.
        return Task.Factory.StartNew(static work => Begin((Func<Task>)work!), work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Scheduler).Unwrap();
#pragma warning restore RS0030
    }

    /// <summary>What outlives the call is no part of the span in which it was started.</summary>
    private static Task Begin(Func<Task> work)
    {
        Activity.Current = null;
        return work();
    }

#pragma warning disable RS0030, CA5394 // The one unseeded source; jitter is no secret.
    private static Random UnseededRandom() => new();
#pragma warning restore RS0030, CA5394
}
