using BuildController.Core.Sync;
using BuildController.Host.Commands;
using BuildController.Host.Metrics;
using BuildController.Host.Samples;
using BuildController.Informers.Execution;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.Testing;
using BuildController.Tests.Host.Health;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BuildController.Tests.Host.Commands;

[TestFixture]
public sealed class WorkerHostTests
{
    private static readonly WorkerSettings Settings = new()
    {
        Connection = new ConnectionSettings(),
        Build = new ImageBuildOptions { UpdateDelay = TimeSpan.Zero, StopGracePeriod = TimeSpan.FromMilliseconds(200) },
        LeaderElect = true,
        Election = new LeaderElectionOptions { Namespace = "openshift-machine-config-operator", Name = "lease" },
        Logs = new LogSettings(LogLevel.None),
        ShutdownTimeout = TimeSpan.FromSeconds(1),
    };

    private InMemoryCluster cluster = null!;
    private MetricSources metrics = null!;

    [SetUp]
    public async Task MakeCluster()
    {
        metrics = new MetricSources();
        cluster = new InMemoryCluster();
        OpenShiftDefinitions.Register(cluster);
        var admin = new FakeClientset(cluster);
        await SampleCluster.CreateAsync(admin, default);
        await SampleCluster.OptInAsync(admin, default);
    }

    [TearDown]
    public void Dispose() => metrics.Dispose();

    [Test]
    public async Task A_stop_gives_the_lease_up_and_ends_with_0()
    {
        var clientset = new FakeClientset(cluster);
        using var stop = new CancellationTokenSource();
        Task<int> run = RunAsync(clientset, stop.Token);
        await MonitoringTests.Eventually(() => Task.FromResult(clientset.Actions.Of("create", "pods").Count > 0));

        stop.Cancel();

        (await run.WaitAsync(RunningCommand.Patience)).Should().Be(0);
        (await clientset.Resource(Lease.ResourceType).GetAsync(new("openshift-machine-config-operator", "lease"))).Spec.HolderIdentity.Should().BeNullOrEmpty();
    }

    [Test]
    public async Task A_stop_over_its_bound_ends_with_3_and_leaves_the_lease_to_expire()
    {
        var clientset = new FakeClientset(cluster);
        var hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        clientset.AddReactor(async (request, next, _) =>
        {
            if (request is not { Verb: "patch", Resource.Plural: "machineconfigpools" })
                return await next();

            // Deaf to its token, as nothing should be.
            hangs.TrySetResult();
            return await new TaskCompletionSource<FakeResponse>().Task;
        });
        using var stop = new CancellationTokenSource();
        Task<int> run = RunAsync(clientset, stop.Token);
        await hangs.Task.WaitAsync(RunningCommand.Patience);

        stop.Cancel();

        (await run.WaitAsync(RunningCommand.Patience)).Should().Be(3);
        (await new FakeClientset(cluster).Resource(Lease.ResourceType).GetAsync(new("openshift-machine-config-operator", "lease"))).Spec.HolderIdentity.Should().NotBeNullOrEmpty();
    }

    [Test]
    public async Task A_controller_whose_cluster_stops_serving_pools_before_it_has_listed_them_is_not_ready_and_stops_in_order()
    {
        var clientset = new FakeClientset(cluster);
        clientset.On("list", "machineconfigpools").Refuse(BuildController.Informers.Api.ApiErrorReason.ServiceUnavailable);
        int port = FreePort.Find();
        using var stop = new CancellationTokenSource();
        Task<int> run = WorkerHost.RunAsync(
            clientset, Settings with { MetricsAddress = new(System.Net.IPAddress.Loopback, port) }, metrics, new OperatorRuntime { MeterFactory = metrics.Factory }, stop.Token);
        using HttpClient http = MonitoringTests.ClientOf(port);
        string text = string.Empty;

        await MonitoringTests.Eventually(async () =>
        {
            using HttpResponseMessage ready = await http.GetAsync(new Uri("readyz", UriKind.Relative));
            text = await ready.Content.ReadAsStringAsync();
            return ready.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable && text.Contains("machineconfigpools: has not synced, failing", StringComparison.Ordinal);
        });

        text.Should().EndWith("readyz check failed\n");
        (await http.GetStringAsync(new Uri("livez", UriKind.Relative))).Should().Be("ok");
        stop.Cancel();
        (await run.WaitAsync(RunningCommand.Patience)).Should().Be(0);
    }

    [Test]
    public async Task Told_to_stop_before_it_has_started_it_ends_with_0() =>
        (await RunAsync(new FakeClientset(cluster), new CancellationToken(canceled: true)).WaitAsync(RunningCommand.Patience)).Should().Be(0);

    private Task<int> RunAsync(FakeClientset clientset, CancellationToken stop) =>
        WorkerHost.RunAsync(clientset, Settings, metrics, new OperatorRuntime { MeterFactory = metrics.Factory }, stop);
}
