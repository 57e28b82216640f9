using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.Testing;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;
using PageOperator;

namespace BuildController.Tests.Samples;

/// <summary>The operator whole, in its host.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class PageOperatorTests
{
    [Test]
    public void The_operator_is_one_file_of_less_than_80_lines()
    {
        string[] files = Directory.GetFiles(Docs.Repository.PathOf("samples", "PageOperator"), "*.cs");

        files.Should().ContainSingle();
        File.ReadAllLines(files[0]).Length.Should().BeLessThan(80);
        File.ReadAllLines(files[0]).Should().OnlyContain(line => line.Length <= 170, "it is small by what it need not say, not by long lines");
    }

    [Test]
    public async Task It_leads_publishes_follows_changes_tells_and_cleans_up(CancellationToken giveUp)
    {
        var cluster = new FakeClientset(Page.Type.With(new Page(new ObjectMeta { Name = "home", Namespace = "default", Generation = 1 }, new PageSpec("Welcome"))));
        cluster.Seed(Lease.ResourceType);
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<IClientset>(cluster).AddPageOperator();
        using IHost host = builder.Build();

        Task published = Seen(cluster, "patch", "pages/status", times: 1);
        Task told = Seen(cluster, "create", "events", times: 1);
        await host.StartAsync(giveUp);
        await published.WaitAsync(giveUp);
        await told.WaitAsync(giveUp);
        Task again = Seen(cluster, "patch", "pages/status", times: 1);
        await cluster.Resource(Page.Type).PatchAsync(new ObjectKey("default", "home"), Patch.Merge(new() { ["spec"] = new System.Text.Json.Nodes.JsonObject { ["title"] = "Hello" } }), giveUp);
        await again.WaitAsync(giveUp);
        (await cluster.Resource(ConfigMap.Type).GetAsync(new ObjectKey("default", "page-home"), giveUp)).Data["title"].Should().Be("Hello");

        Task mended = Seen(cluster, "patch", "configmaps", "default/page-home", times: 1);
        await cluster.Resource(ConfigMap.Type).DeleteAsync(new ObjectKey("default", "page-home"), cancellationToken: giveUp);
        await mended.WaitAsync(giveUp);
        (await cluster.Resource(ConfigMap.Type).FindAsync(new ObjectKey("default", "page-home"), giveUp)).Should().NotBeNull("what it owns it makes again");

        (await cluster.Resource(Lease.ResourceType).GetAsync(new ObjectKey("default", "page-operator"), giveUp)).Spec.HolderIdentity.Should().NotBeNullOrEmpty();
        await host.StopAsync(giveUp);
        (await cluster.Resource(Lease.ResourceType).GetAsync(new ObjectKey("default", "page-operator"), giveUp)).Spec.HolderIdentity.Should().BeNullOrEmpty("it is given up in a stop");
    }

    /// <summary>Completes when a call has been carried out so many times from now on.</summary>
    private static Task Seen(FakeClientset cluster, string verb, string resource, string name = "*", int times = 1)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int count = 0;
        cluster.On(verb, resource, name).Change(answer =>
        {
            if (Interlocked.Increment(ref count) == times)
                seen.TrySetResult();

            return answer;
        });
        return seen.Task;
    }
}
