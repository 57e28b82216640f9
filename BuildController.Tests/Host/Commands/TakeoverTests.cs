using System.Collections.Concurrent;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using BuildController.Tests.Host.Health;
using BuildController.Tests.Host.Metrics;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Commands;

/// <summary>Two workers, as processes, on one cluster: the one that leads is killed in the middle of a rebuild.</summary>
[TestFixture]
[Platform(Exclude = "Win", Reason = "Signals are Unix'.")]
public sealed class TakeoverTests
{
    private const string ShortLease = "--lease-duration 3s --renew-deadline 2s --retry-period 300ms";

    [Test]
    public async Task The_other_worker_takes_over_and_finishes_the_rebuild_with_one_build_a_request()
    {
        using HostProcess cluster = HostProcess.Start("cluster");
        await cluster.WaitForAsync("Ctrl-C ends it.");
        await using var clientset = new HttpClientset(KubeConfig.Load(cluster.Kubeconfig), OperatorRuntime.Default);
        await using var informers = new SharedInformerFactory(clientset);
        var builds = new ConcurrentDictionary<string, string>();
        ISharedInformer<MachineConfigPool> pools = informers.For(Resources.MachineConfigPools);
        informers.For(Resources.Pods).AddHandler(ResourceEventHandler.Create<Pod>(added => builds[added.Object.Metadata.Uid!] = added.Object.Metadata.Labels.GetValueOrDefault(BuildLabels.BuildAttempt, string.Empty)));
        informers.Start();
        await informers.WaitForSyncAsync(RunningCommand.Patience);

        (int onePort, int otherPort) = (FreePort.Find(), FreePort.Find());
        using HostProcess one = Start(cluster, onePort);
        using HttpClient toOne = MonitoringTests.ClientOf(onePort), toOther = MonitoringTests.ClientOf(otherPort);
        await MonitoringTests.Eventually(() => LeadsAsync(toOne));
        using HostProcess other = Start(cluster, otherPort);
        await MonitoringTests.Eventually(async () => (await toOther.GetAsync(new Uri("readyz", UriKind.Relative))).IsSuccessStatusCode);
        string first = ImageOf(pools);
        builds.Clear();

        await clientset.Resource(Resources.MachineConfigPools).PatchAsync(new ObjectKey("worker"), Patch.Merge(new System.Text.Json.Nodes.JsonObject
        {
            ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["annotations"] = new System.Text.Json.Nodes.JsonObject { [PoolKeys.RebuildImage] = "please" } },
        }));
        await MonitoringTests.Eventually(() => Task.FromResult(StateOf(pools).Serving is { Trigger: "please" } && !builds.IsEmpty));
        one.Signal("KILL");
        await one.ExitAsync(RunningCommand.Patience);
        BuildState atDeath = StateOf(pools);

        await MonitoringTests.Eventually(() => Task.FromResult(StateOf(pools).Serving is null && StateOf(pools).Last?.Trigger == "please"));

        atDeath.Serving?.Trigger.Should().Be("please", "the rebuild was under way when its leader died");
        StateOf(pools).Last!.Outcome.Should().Be(AttemptOutcome.Succeeded);
        ImageOf(pools).Should().NotBe(first);
        builds.Should().ContainSingle("one request is one build, whoever sees to it").Which.Value.Should().Be(StateOf(pools).Last!.Id);
        pools.Indexer.Find(new ObjectKey("worker"))!.Metadata.Annotations.Should().NotContainKey(PoolKeys.RebuildImage);
        (await LeadsAsync(toOther)).Should().BeTrue();

        other.Signal("TERM");
        (await other.ExitAsync(TimeSpan.FromSeconds(30))).Should().Be(0, other.Error);
        other.Error.Should().Contain("gave the lease openshift-machine-config-operator/machine-os-builder up");
    }

    private static HostProcess Start(HostProcess cluster, int port) =>
        HostProcess.Start($"--kubeconfig {cluster.Kubeconfig} --metrics-address 127.0.0.1:{port} --update-delay 100ms {ShortLease}");

    private static async Task<bool> LeadsAsync(HttpClient http) => PrometheusText
        .Parse(await http.GetStringAsync(new Uri("metrics", UriKind.Relative))).Samples.GetValueOrDefault("leader_election_master_status{name=\"machine-os-builder\"}") == 1;

    private static BuildState StateOf(ISharedInformer<MachineConfigPool> pools) => BuildState.Of(pools.Indexer.Find(new ObjectKey("worker"))!.Metadata);

    private static string ImageOf(ISharedInformer<MachineConfigPool> pools) => pools.Indexer.Find(new ObjectKey("worker"))!.Metadata.Annotations[PoolKeys.NewestImage];
}
