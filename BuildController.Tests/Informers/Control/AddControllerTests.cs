using System.Collections.Concurrent;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Control;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Control;

[TestFixture]
[CancelAfter(30_000)]
public sealed class AddControllerTests
{
    [Test]
    public async Task A_controller_is_added_in_one_call_and_others_may_wake_it_up(CancellationToken giveUp)
    {
        HostApplicationBuilder builder = NewBuilder();
        builder.Services.AddController<Reconciler>("gadgets", o =>
        {
            o.For(Gadget.Resource);
            o.Options.Workers = 2;
        });
        using IHost host = builder.Build();
        Reconciler reconciler = host.Services.GetRequiredService<Reconciler>();

        await host.StartAsync(giveUp);
        await reconciler.SeenAsync("ns/one", giveUp);
        host.Services.GetRequiredKeyedService<IWorkQueue<ObjectKey>>("gadgets").Add(new ObjectKey("from", "outside"));
        await reconciler.SeenAsync("from/outside", giveUp);
        HealthReport health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(giveUp);
        await host.StopAsync(giveUp);

        health.Status.Should().Be(HealthStatus.Healthy);
        health.Entries["queues"].Data.Should().ContainKey("gadgets");
        host.Services.GetRequiredKeyedService<IWorkQueue<ObjectKey>>("gadgets").IsShuttingDown.Should().BeTrue();
    }

    [Test]
    public async Task Where_the_host_has_an_election_controllers_wait_to_lead_unless_they_say_otherwise(CancellationToken giveUp)
    {
        HostApplicationBuilder builder = NewBuilder();
        var leadership = new FakeLeadership();
        builder.Services.AddSingleton<ILeadership>(leadership);
        builder.Services.AddController<Reconciler>("leading", o => o.For(Gadget.Resource));
        builder.Services.AddController<OtherReconciler>("always", o =>
        {
            o.For(Gadget.Resource);
            o.LeaderOnly = false;
        });
        using IHost host = builder.Build();
        await host.StartAsync(giveUp);

        await host.Services.GetRequiredService<OtherReconciler>().SeenAsync("ns/one", giveUp);
        host.Services.GetRequiredService<Reconciler>().Seen.Should().BeEmpty();
        leadership.Begin();
        await host.Services.GetRequiredService<Reconciler>().SeenAsync("ns/one", giveUp);
        await host.StopAsync(giveUp);

        leadership.Participants.Should().Be(0);
    }

    [Test]
    public void A_name_is_given_once()
    {
        IServiceCollection services = new ServiceCollection().AddController<Reconciler>("a", static o => o.For(Gadget.Resource));

        services.Invoking(static s => s.AddController<OtherReconciler>("a", static o => o.For(Gadget.Resource)))
            .Should().Throw<ArgumentException>().WithMessage("*'a'*");
    }

    [Test]
    public void A_wrong_option_is_told_when_the_controller_is_added() =>
        new ServiceCollection().Invoking(static s => s.AddController<Reconciler>("a", static o => o.Options.Workers = 0))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*Workers*");

    private static HostApplicationBuilder NewBuilder()
    {
        var client = new FakeClientset();
        client.Seed(Gadget.Resource, Gadget.Of("one"));
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<IClientset>(client);
        builder.Services.AddHealthChecks().AddCheck<QueueHealthCheck>("queues");
        return builder;
    }

    private class Reconciler : IReconciler<ObjectKey>
    {
        private readonly ConcurrentDictionary<string, TaskCompletionSource> seen = new();

        public IEnumerable<string> Seen => seen.Where(static entry => entry.Value.Task.IsCompleted).Select(static entry => entry.Key);

        public Task SeenAsync(string key, CancellationToken giveUp) => Of(key).Task.WaitAsync(giveUp);

        public ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken cancellationToken)
        {
            Of(context.Key.ToString()).TrySetResult();
            return ValueTask.FromResult(ReconcileResult.Done);
        }

        private TaskCompletionSource Of(string key) => seen.GetOrAdd(key, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    private sealed class OtherReconciler : Reconciler;
}
