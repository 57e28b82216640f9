using BuildController.Informers.Control;
using BuildController.Informers.Execution;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Control;

[TestFixture]
[CancelAfter(30_000)]
public sealed class ControllerHostingTests
{
    [Test]
    public async Task A_host_runs_each_controller_and_stops_it(CancellationToken giveUp)
    {
        using var first = new WorkQueue<string>(new WorkQueueOptions<string>(), OperatorRuntime.Default);
        using var second = new WorkQueue<string>(new WorkQueueOptions<string>(), OperatorRuntime.Default);
        var reconciler = new Reconciler();
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddController(_ => Controller.Create(first, reconciler, new ControllerOptions { Name = "first" }, OperatorRuntime.Default));
        builder.Services.AddController(_ => Controller.Create(second, reconciler, new ControllerOptions { Name = "second" }, OperatorRuntime.Default));
        using IHost host = builder.Build();

        await host.StartAsync(giveUp);
        first.Add("a");
        second.Add("b");
        await Task.WhenAll(reconciler.SawA.Task, reconciler.SawB.Task).WaitAsync(giveUp);
        await host.StopAsync(giveUp);

        first.IsShuttingDown.Should().BeTrue();
        second.IsShuttingDown.Should().BeTrue();
    }

    [Test]
    public async Task A_controller_that_fails_stops_its_host(CancellationToken giveUp)
    {
        using var queue = new WorkQueue<string>(new WorkQueueOptions<string>(), OperatorRuntime.Default);
        var options = new ControllerOptions { Name = "test", WaitFor = [static _ => throw new InvalidOperationException("no such resource")] };
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddController(_ => Controller.Create(queue, new Reconciler(), options, OperatorRuntime.Default));
        using IHost host = builder.Build();

        await host.RunAsync(giveUp);

        giveUp.IsCancellationRequested.Should().BeFalse("the host stopped by itself");
        queue.IsShuttingDown.Should().BeTrue();
    }

    private sealed class Reconciler : IReconciler<string>
    {
        public TaskCompletionSource SawA { get; } = new();

        public TaskCompletionSource SawB { get; } = new();

        public ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<string> context, CancellationToken cancellationToken)
        {
            (context.Key == "a" ? SawA : SawB).TrySetResult();
            return ValueTask.FromResult(ReconcileResult.Done);
        }
    }
}
