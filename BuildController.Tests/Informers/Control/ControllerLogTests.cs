using BuildController.Informers.Control;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Control;

/// <summary>Nothing that a reconciler throws is swallowed, and what operators search for keeps its event id.</summary>
[TestFixture]
public sealed class ControllerLogTests
{
    [Test]
    public void Each_way_to_fail_is_logged_under_its_own_event_with_its_exception()
    {
        var logs = new Logs();
        var world = new VirtualWorld(loggers: logs);
        using var queue = new WorkQueue<string>(new WorkQueueOptions<string>(), world.Runtime);
        var options = new ControllerOptions { Name = "test", ReconcileTimeout = TimeSpan.FromSeconds(1), StopGracePeriod = TimeSpan.Zero };
        IController controller = Controller.Create(queue, new Failing(world), options, world.Runtime);
        Task run = controller.RunAsync();
        foreach (string key in (string[])["failing", "terminal", "slow", "last"])
        {
            queue.Add(key);
            world.RunUntilIdle();
            if (key == "slow")
                world.Time.Advance(TimeSpan.FromSeconds(1));
        }

        world.RunUntilIdle();
        world.Run(() => controller.StopAsync());

        run.IsCompletedSuccessfully.Should().BeTrue();
        logs.Written.Where(static entry => entry.Id >= 3010).Should().Equal(
            (3010, LogLevel.Error, "failing", "InvalidOperationException"),
            (3011, LogLevel.Error, "terminal", "TerminalErrorException"),
            (3012, LogLevel.Error, "slow", "TaskCanceledException"),
            (3013, LogLevel.Information, "last", ""));
        logs.Written.Where(static entry => entry.Id < 3010).Select(static entry => entry.Id).Should().Equal(3000, 3001, 3002);
    }

    private sealed class Failing(VirtualWorld world) : IReconciler<string>
    {
        private bool failed;

        public async ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<string> context, CancellationToken cancellationToken)
        {
            switch (context.Key)
            {
                case "failing" when !failed:
                    failed = true;
                    throw new InvalidOperationException("broken");
                case "terminal":
                    throw new TerminalErrorException("malformed");
                case "slow" or "last":
                    await Task.Delay(TimeSpan.FromHours(1), world.Time, cancellationToken);
                    break;
            }

            return ReconcileResult.Done;
        }
    }

    private sealed class Logs : ILoggerFactory, ILogger
    {
        public List<(int Id, LogLevel Level, string Key, string Exception)> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = (IReadOnlyList<KeyValuePair<string, object?>>)state!;
            string key = values.FirstOrDefault(static value => value.Key == "Key").Value?.ToString() ?? "";
            Written.Add((eventId.Id, logLevel, key, exception?.GetType().Name ?? ""));
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}
