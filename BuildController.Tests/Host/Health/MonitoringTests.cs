using System.Net;
using BuildController.Tests.Host.Commands;
using BuildController.Tests.Host.Metrics;
using BuildController.Tests.Informers.Client.Configuration;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Health;

/// <summary>What a running worker serves to probes and to Prometheus.</summary>
[TestFixture]
public sealed class MonitoringTests
{
    [Test]
    public async Task A_worker_serves_probes_and_metrics_as_Prometheus_reads_them()
    {
        int port = FreePort.Find();
        await using RunningCommand worker = await RunningCommand.StartAsync("--metrics-address", $"127.0.0.1:{port}", "--leader-elect", "--log-level", "none");
        using HttpClient http = ClientOf(port);

        await Eventually(async () => (await http.GetAsync(new Uri("readyz", UriKind.Relative))).IsSuccessStatusCode);
        string ready = await http.GetStringAsync(new Uri("readyz?verbose", UriKind.Relative));
        await Eventually(async () => (await http.GetStringAsync(new Uri("livez?verbose", UriKind.Relative))).Contains("[+]leader ok: Leads in term", StringComparison.Ordinal));
        await Eventually(async () => (await http.GetStringAsync(new Uri("metrics", UriKind.Relative))).Contains("controller_runtime_reconcile_total{controller=\"machineosbuilder", StringComparison.Ordinal));
        using HttpResponseMessage response = await http.GetAsync(new Uri("metrics", UriKind.Relative));
        PrometheusText metrics = PrometheusText.Parse(await response.Content.ReadAsStringAsync());

        ready.Should().Contain("[+]informers ok: All 6 informers are well.").And.EndWith("readyz check passed\n");
        (await http.GetStringAsync(new Uri("healthz", UriKind.Relative))).Should().Be("ok");
        response.Content.Headers.ContentType!.ToString().Should().Be("text/plain; version=0.0.4; charset=utf-8");
        metrics.Samples.Should().Contain("leader_election_master_status{name=\"machine-os-builder\"}", 1);
        metrics.Types.Should().Contain("workqueue_depth", "gauge").And.Contain("workqueue_adds_total", "counter")
            .And.Contain("workqueue_queue_duration_seconds", "histogram").And.Contain("rest_client_requests_total", "counter")
            .And.Contain("informer_last_contact_seconds", "gauge").And.Contain("controller_runtime_reconcile_total", "counter")
            .And.Contain("active_builds", "gauge").And.ContainKey("dotnet_gc_collections_total");

        (await worker.InterruptAsync()).Should().Be(0, worker.Error);
        worker.Error.Should().BeEmpty();
    }

    [TestCase("GET", "", 404, "there are /metrics, /healthz, /livez and /readyz\n")]
    [TestCase("GET", "metrics/other", 404, "there are /metrics, /healthz, /livez and /readyz\n")]
    [TestCase("POST", "metrics", 405, "only GET\n")]
    [TestCase("HEAD", "livez", 200, "")]
    public async Task What_else_is_asked_is_answered_with_a_reason(string method, string path, int status, string text)
    {
        int port = FreePort.Find();
        await using RunningCommand worker = await RunningCommand.StartAsync("--metrics-address", $"localhost:{port}", "--log-level", "none");
        using HttpClient http = ClientOf(port);
        await Eventually(async () => (await http.GetAsync(new Uri("livez", UriKind.Relative))).IsSuccessStatusCode);

        using HttpResponseMessage response = await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        ((int)response.StatusCode).Should().Be(status);
        (await response.Content.ReadAsStringAsync()).Should().Be(text);
    }

    [Test]
    public async Task A_standby_is_live_and_ready_and_does_not_lead()
    {
        await using RunningCommand cluster = await RunningCommand.StartAsync("cluster");
        (int one, int other) = (FreePort.Find(), FreePort.Find());
        await using RunningCommand leader = await StartAsync(cluster, one);
        using HttpClient toLeader = ClientOf(one), toStandby = ClientOf(other);
        await Eventually(async () => (await LeadsAsync(toLeader)) == 1);
        await using RunningCommand standby = await StartAsync(cluster, other);

        await Eventually(async () => (await toStandby.GetStringAsync(new Uri("livez?verbose", UriKind.Relative))).Contains("Stands by; the leader is ", StringComparison.Ordinal));
        await Eventually(async () => (await toStandby.GetAsync(new Uri("readyz", UriKind.Relative))).IsSuccessStatusCode);

        (await LeadsAsync(toLeader), await LeadsAsync(toStandby)).Should().Be((1, 0));
    }

    [Test]
    public async Task A_worker_whose_server_has_gone_is_live_all_the_same()
    {
        RunningCommand cluster = await RunningCommand.StartAsync("cluster");
        using var folder = new TemporaryFolder();
        string kubeconfig = folder.Write("kubeconfig", File.ReadAllText(cluster.Kubeconfig));
        int port = FreePort.Find();
        await using RunningCommand worker = await RunningCommand.StartAsync(
            "--kubeconfig", kubeconfig, "--leader-elect=false", "--metrics-address", $"127.0.0.1:{port}", "--log-level", "none");
        await cluster.DisposeAsync();
        using HttpClient http = ClientOf(port);

        string live = string.Empty;
        await Eventually(async () =>
        {
            live = await http.GetStringAsync(new Uri("livez?verbose", UriKind.Relative));
            return true;
        });

        live.Should().Contain("[+]queue ok").And.EndWith("livez check passed\n");
    }

    [Test]
    public async Task An_address_that_is_taken_ends_the_worker_with_one_line()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var output = new StringWriter();
        using var error = new StringWriter();

        int status = await BuildController.Host.Commands.CommandRunner.RunAsync(
            ["--metrics-address", $"127.0.0.1:{port}", "--log-level", "none"], output, error, default).WaitAsync(RunningCommand.Patience);

        status.Should().Be(1);
        error.ToString().Should().Be($"error: --metrics-address: cannot listen on 127.0.0.1:{port}: it is in use already: give another one, or 'off'.{Environment.NewLine}");
    }

    internal static async Task Eventually(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(RunningCommand.Patience);
        while (true)
        {
            try
            {
                if (await isSo())
                    return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }
    }

    internal static HttpClient ClientOf(int port) => new() { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };

    private static Task<RunningCommand> StartAsync(RunningCommand cluster, int port) => RunningCommand.StartAsync(
        "--kubeconfig", cluster.Kubeconfig, "--metrics-address", $"127.0.0.1:{port}", "--log-level", "none");

    private static async Task<double> LeadsAsync(HttpClient http) =>
        PrometheusText.Parse(await http.GetStringAsync(new Uri("metrics", UriKind.Relative))).Samples.GetValueOrDefault("leader_election_master_status{name=\"machine-os-builder\"}", -1);
}
