using BuildController.Informers.Client;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.Testing;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace BuildController.Tests.Docs;

/// <summary>The code of docs/leader-election.md.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class LeaderElectionPage
{
    private int works;

    [Test]
    public async Task Work_of_the_elector_s_own(CancellationToken giveUp)
    {
        FakeClientset clientset = Clientset();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        CancellationToken stop = stopping.Token;
        works = 0;

        #region elector
        await using var elector = new LeaderElector(clientset, new LeaderElectionOptions { Namespace = "operators", Name = "my-operator" });
        IClientset fenced = clientset.WithFence(elector);
        await elector.RunAsync(async term => await WorkAsync(fenced, term.Ended), stop);
        #endregion

        works.Should().Be(1);

        Task WorkAsync(IClientset _, CancellationToken ended)
        {
            works++;
            stopping.Cancel();
            return Task.CompletedTask;
        }
    }

    [Test]
    public async Task In_a_host(CancellationToken giveUp)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        IServiceCollection services = builder.Services;
        services.AddSingleton<IClientset>(Clientset());
        works = 0;

        #region host
        services.AddLeaderElection(options => (options.Namespace, options.Name) = ("operators", "my-operator"));   // before the controllers
        services.AddHealthChecks().AddCheck<LeaderHealthCheck>("leader");
        #endregion

        using IHost host = builder.Build();
        await host.StartAsync(giveUp);
        await JoinAsync(host.Services.GetRequiredService<ILeadership>(), Clientset(), giveUp);
        await host.StopAsync(giveUp);

        works.Should().Be(1);
    }

    private async Task JoinAsync(ILeadership leadership, IClientset fenced, CancellationToken stop)
    {
        #region join
        using ILeaderTerm term = await leadership.JoinAsync(stop);    // waits until this process leads
        await WorkAsync(fenced, term.Ended);                          // ends when the term does
        #endregion
    }

    private Task WorkAsync(IClientset _, CancellationToken ended)
    {
        works++;
        return Task.CompletedTask;
    }

    private static FakeClientset Clientset()
    {
        var client = new FakeClientset();
        client.Seed(Lease.ResourceType);
        client.Cluster.Create(CoreResources.Namespaces, null, new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = "operators" } });
        return client;
    }
}
