using BuildController.Informers.Client;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.Testing;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace BuildController.Tests.Informers.LeaderElection;

/// <summary>On the real clock, and only events are waited for.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class LeaderElectionHostingTests
{
    private FakeClientset client = null!;

    [SetUp]
    public void MakeClient()
    {
        client = new FakeClientset();
        client.Seed(Lease.ResourceType, new Lease { Metadata = new() { Name = "other", Namespace = "operators" } });
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_host_competes_and_gives_the_lease_up_when_its_work_has_left_in_whatever_order_they_stop(bool isElectorFirst, CancellationToken giveUp)
    {
        HostApplicationBuilder builder = Builder();
        if (isElectorFirst)
            builder.Services.AddLeaderElection(Configure);
        builder.Services.AddSingleton<Work>().AddHostedService(static provider => provider.GetRequiredService<Work>());
        if (!isElectorFirst)
            builder.Services.AddLeaderElection(Configure);
        using IHost host = builder.Build();

        await host.StartAsync(giveUp);
        Work work = host.Services.GetRequiredService<Work>();
        await work.Began.Task.WaitAsync(giveUp);
        ILeadership leadership = host.Services.GetRequiredService<ILeadership>();
        leadership.IsLeading.Should().BeTrue();
        HolderNow().Should().Be("me");
        await host.StopAsync(giveUp);

        work.LedWhenItEnded.Should().BeTrue();
        leadership.IsLeading.Should().BeFalse();
        HolderNow().Should().BeEmpty();
    }

    [Test]
    public async Task Work_that_does_not_leave_in_the_hosts_shutdown_time_is_left_behind_and_the_lease_expires(CancellationToken giveUp)
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddLeaderElection(Configure);
        using IHost host = builder.Build();
        await host.StartAsync(giveUp);
        ILeadership leadership = host.Services.GetRequiredService<ILeadership>();
        using ILeaderTerm stubborn = await leadership.JoinAsync(giveUp);

        await host.StopAsync(new CancellationToken(canceled: true));

        leadership.IsLeading.Should().BeFalse();
        HolderNow().Should().Be("me");
    }

    [Test]
    public void All_that_others_need_is_a_service()
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddLeaderElection(Configure).AddHealthChecks().AddCheck<LeaderHealthCheck>("leader");
        using IHost host = builder.Build();

        host.Services.GetRequiredService<ILeadership>().Should().BeSameAs(host.Services.GetRequiredService<LeaderElector>());
        host.Services.GetRequiredService<LeaderElector>().Identity.Should().Be("me");
        FluentActions.Invoking(() => ActivatorUtilities.CreateInstance<LeaderHealthCheck>(host.Services)).Should().NotThrow();
    }

    [Test]
    public void Options_that_are_not_valid_keep_the_host_from_starting()
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddLeaderElection(static options => options.Namespace = "operators");
        using IHost host = builder.Build();

        FluentActions.Invoking(() => host.Start()).Should().Throw<ArgumentException>().Which.Message.Should().Contain("Name is empty");
    }

    [Test]
    public void A_second_call_is_refused()
    {
        IServiceCollection services = new ServiceCollection().AddLeaderElection(Configure);

        FluentActions.Invoking(() => services.AddLeaderElection(Configure)).Should().Throw<InvalidOperationException>();
    }

    private static void Configure(LeaderElectionOptions options) => (options.Namespace, options.Name, options.Identity) = ("operators", "test", "me");

    private HostApplicationBuilder Builder()
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<IClientset>(client);
        return builder;
    }

    private string? HolderNow() =>
        Lease.ResourceType.Read(client.Cluster.Get(CoreResources.Leases, new("operators", "test")).Span).Spec.HolderIdentity;

    /// <summary>A controller as seen by an elector: it works while there is a term, and until it is stopped.</summary>
    private sealed class Work(ILeadership leadership) : BackgroundService
    {
        public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool LedWhenItEnded { get; private set; }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using ILeaderTerm term = await leadership.JoinAsync(stoppingToken);
            Began.SetResult();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, term.Ended);
            try
            {
                await Task.Delay(Timeout.Infinite, either.Token);
            }
            catch (OperationCanceledException)
            {
                LedWhenItEnded = leadership.IsLeading;
            }
        }
    }
}
