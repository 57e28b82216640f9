using System.Net;
using System.Net.Sockets;
using BuildController.Host.Commands;
using BuildController.Host.Server;
using BuildController.Informers.Testing;
using BuildController.Tests.Informers.Client.Configuration;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Commands;

/// <summary>What a person can mend is told in one line that names the thing.</summary>
[TestFixture]
public sealed class ComplaintTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => folder.Dispose();

    [TestCase("bogus", "unknown command 'bogus': there are demo and cluster.")]
    [TestCase("--bogus", "unknown option '--bogus'.")]
    [TestCase("-x", "unknown option '-x'.")]
    [TestCase("cluster extra", "cluster takes no argument, but was given 'extra'.")]
    [TestCase("demo --port 1", "demo has no option '--port'.")]
    [TestCase("cluster --port", "--port needs a value: --port <port>.")]
    [TestCase("--kubeconfig", "--kubeconfig needs a value: --kubeconfig <path>.")]
    [TestCase("-n", "--namespace needs a value: --namespace <name>.")]
    [TestCase("cluster --port 1 --port 2", "--port is given 2 times: give it once.")]
    [TestCase("cluster --port abc", "--port: 'abc' is no port: give a number from 0 to 65535.")]
    [TestCase("cluster --port -1", "--port: '-1' is no port")]
    [TestCase("cluster --port=-1", "--port: '-1' is no port")]
    [TestCase("cluster --port 70000", "--port: '70000' is no port")]
    [TestCase("--port 99999999999", "--port: '99999999999' is no port")]
    [TestCase("cluster --faults", "--faults needs a value: --faults <seed>.")]
    [TestCase("cluster --faults abc", "--faults: 'abc' is no seed: give a whole number from 0 to 2147483647.")]
    [TestCase("cluster --faults=-1", "--faults: '-1' is no seed")]
    [TestCase("cluster --faults 2147483648", "--faults: '2147483648' is no seed")]
    [TestCase("cluster --faults 1 --faults 2", "--faults is given 2 times: give it once.")]
    [TestCase("cluster --faults 1 --fault-rate", "--fault-rate needs a value: --fault-rate <rate>.")]
    [TestCase("cluster --faults 1 --fault-rate often", "--fault-rate: 'often' is no rate: give a number from 0 to 1, as 0.25.")]
    [TestCase("cluster --faults 1 --fault-rate 1.5", "--fault-rate: '1.5' is no rate")]
    [TestCase("cluster --faults 1 --fault-rate=-0.1", "--fault-rate: '-0.1' is no rate")]
    [TestCase("cluster --faults 1 --fault-rate NaN", "--fault-rate: 'NaN' is no rate")]
    [TestCase("cluster --faults 1 --fault-rate 0,5", "--fault-rate: '0,5' is no rate")]
    [TestCase("cluster --fault-rate 0.5", "--fault-rate goes with --faults: give the seed to draw from, too.")]
    [TestCase("--faults 1", "unknown option '--faults'.")]
    [TestCase("--server nonsense", "--server: 'nonsense' is no URL")]
    [TestCase("--server ftp://host", "--server: 'ftp://host' is no URL")]
    [TestCase("--namespace Not_One", "--namespace: 'Not_One' is no namespace")]
    [TestCase("--server https://127.0.0.1:1 --kubeconfig f", "--server and --kubeconfig exclude each other")]
    [TestCase("--context prod", "give --kubeconfig too")]
    [TestCase("--token-file f", "--token-file, --certificate-authority and --insecure-skip-tls-verify go with --server.")]
    [TestCase("--server https://127.0.0.1:1 --token-file /no/such/token", "there is no file '/no/such/token'")]
    [TestCase("--server https://127.0.0.1:1 --certificate-authority /no/such/ca", "cannot read certificates from '/no/such/ca'")]
    public async Task A_command_line_that_makes_no_sense_is_one_line_and_status_2(string line, string complaint) =>
        (await ComplainAsync(2, line.Split(' '))).Should().Contain(complaint);

    [Test]
    public async Task An_empty_kubeconfig_path_is_no_path() => (await ComplainAsync(2, "--kubeconfig", "")).Should().Contain("'' is no path");

    [Test]
    public async Task A_real_cluster_takes_no_port()
    {
        string file = folder.Write("kubeconfig", "current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\nclusters: [{name: k, cluster: {server: 'https://127.0.0.1:1'}}]\n");

        (await ComplainAsync(2, "--kubeconfig", file, "--port", "1")).Should().Contain("--port is the embedded cluster's");
    }

    [Test]
    public async Task A_kubeconfig_that_does_not_exist_is_named()
    {
        string path = folder.PathOf("missing");
        (await ComplainAsync(1, "--kubeconfig", path)).Should().Contain($"{path}: there is no such kubeconfig file");
    }

    [Test]
    public async Task A_kubeconfig_that_cannot_be_read_is_named() =>
        (await ComplainAsync(1, "--kubeconfig", folder.Path)).Should().Contain(folder.Path).And.Contain("cannot be read");

    [TestCase("a: [", "not valid YAML")]
    [TestCase("", "this is no kubeconfig file")]
    [TestCase("just a text", "this is no kubeconfig file")]
    [TestCase("clusters: []\n", "current-context is not set")]
    [TestCase("current-context: prod\n", "there is no context 'prod'")]
    [TestCase("current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\n", "is 'k', and there is no such cluster")]
    public async Task A_malformed_kubeconfig_is_named_with_its_fault(string text, string complaint)
    {
        string file = folder.Write("kubeconfig", text);
        (await ComplainAsync(1, "--kubeconfig", file)).Should().Contain(file).And.Contain(complaint);
    }

    [Test]
    public async Task A_context_that_the_kubeconfig_lacks_is_named()
    {
        string file = folder.Write("kubeconfig", "contexts: [{name: c, context: {cluster: k}}]\nclusters: [{name: k, cluster: {server: 'https://127.0.0.1:1'}}]\n");
        (await ComplainAsync(1, "--kubeconfig", file, "--context", "prod")).Should().Contain("there is no context 'prod'; it has 'c'");
    }

    [Test]
    public async Task A_certificate_authority_without_a_certificate_is_named()
    {
        string file = folder.Write("ca.pem", "nothing\n");
        (await ComplainAsync(2, "--server", "https://127.0.0.1:1", "--certificate-authority", file)).Should().Contain($"'{file}' has no certificate in PEM form");
    }

    [TestCase("http")]
    [TestCase("https")]
    public async Task A_server_where_nothing_listens_is_named(string scheme)
    {
        int port = FreePort();
        (await ComplainAsync(1, "--server", $"{scheme}://127.0.0.1:{port}")).Should().Contain($"Nothing listens at {scheme}://127.0.0.1:{port}");
    }

    [Test]
    public async Task A_server_whose_certificate_nobody_vouches_for_is_named()
    {
        await using EmbeddedApiServer server = await EmbeddedApiServer.StartAsync(new InMemoryCluster());
        (await ComplainAsync(1, "--server", server.Address.AbsoluteUri)).Should().Contain($"127.0.0.1:{server.Address.Port}").And.Contain("could not be trusted").And.Contain("certificate authority");
    }

    [Test]
    public async Task A_server_that_does_not_know_the_token_is_named()
    {
        await using EmbeddedApiServer server = await EmbeddedApiServer.StartAsync(new InMemoryCluster());
        string complaint = await ComplainAsync(1, Trusting(server, "wrong"));
        complaint.Should().Contain("Unauthorized").And.Contain(server.Address.Authority).And.Contain("credentials").And.NotContain("wrong");
    }

    [Test]
    public async Task A_server_that_answers_with_an_error_is_named()
    {
        await using var cluster = new FakeWebServer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 8\r\nConnection: close\r\n\r\nnot yet\n");
        (await ComplainAsync(1, "--server", cluster.Address.AbsoluteUri)).Should().Contain(cluster.Address.Authority).And.Contain("503");
    }

    [Test]
    public async Task An_API_server_that_is_not_ready_is_named_once()
    {
        const string Body = """{"kind":"Status","apiVersion":"v1","status":"Failure","message":"etcd is away","reason":"ServiceUnavailable","code":503}""";
        await using var cluster = new FakeWebServer($"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}");
        (await ComplainAsync(1, "--server", cluster.Address.AbsoluteUri)).Should().Be($"error: http://{cluster.Address.Authority} (no credentials): etcd is away{Environment.NewLine}");
    }

    [Test]
    public async Task A_server_that_is_no_API_server_is_named()
    {
        await using var cluster = new FakeWebServer("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\nConnection: close\r\n\r\n<html>\n</html>");
        (await ComplainAsync(1, "--server", cluster.Address.AbsoluteUri)).Should().Contain(cluster.Address.Authority);
    }

    [Test]
    public async Task A_cluster_without_machine_config_pools_is_named()
    {
        await using EmbeddedApiServer server = await EmbeddedApiServer.StartAsync(new InMemoryCluster());
        (await ComplainAsync(1, Trusting(server, server.Token))).Should()
            .Contain(server.Address.Authority).And.Contain("has no machineconfigpools.machineconfiguration.openshift.io").And.NotContain(server.Token);
    }

    [TestCase("cluster")]
    [TestCase(null)]
    public async Task A_port_in_use_is_named(string? command)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string port = $"{((IPEndPoint)taken.LocalEndpoint).Port}";
        string[] line = [.. command is null ? Array.Empty<string>() : [command], "--port", port];
        (await ComplainAsync(1, line)).Should().Contain($"Port {port}").And.Contain("already in use");
    }

    [TestCase("--help", "--kubeconfig <path>")]
    [TestCase("-h", "cluster")]
    [TestCase("demo --help", "A tour that ends by itself")]
    [TestCase("cluster --help", "--no-kubelet")]
    [TestCase("cluster --help", "--faults <seed>")]
    [TestCase("cluster --help", "--fault-rate <rate>")]
    public async Task Help_is_on_standard_output_and_status_0(string line, string text)
    {
        (int status, string output, string error) = await RunAsync(line.Split(' '));

        status.Should().Be(0);
        error.Should().BeEmpty();
        output.Should().Contain(text).And.Contain("Usage:");
    }

    [Test]
    public async Task The_version_is_told()
    {
        (int status, string output, string error) = await RunAsync("--version");

        status.Should().Be(0);
        error.Should().BeEmpty();
        output.Should().MatchRegex(@"^\d+\.\d+\.\d+");
    }

    private string[] Trusting(EmbeddedApiServer server, string token) =>
    [
        "--server", server.Address.AbsoluteUri,
        "--certificate-authority", folder.Write("ca.pem", server.Authority.ExportCertificatePem()),
        "--token-file", folder.Write("token", token),
    ];

    private static async Task<string> ComplainAsync(int expectedStatus, params string[] arguments)
    {
        (int status, string output, string error) = await RunAsync(arguments);

        status.Should().Be(expectedStatus, error);
        output.Should().BeEmpty();
        error.Should().StartWith("error: ").And.NotContain("   at ").And.NotContain("Exception");
        error.TrimEnd('\r', '\n').Should().NotContainAny("\n", "\r");
        return error;
    }

    private static async Task<(int Status, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int status = await CommandRunner.RunAsync(arguments, output, error, default).WaitAsync(RunningCommand.Patience);
        return (status, output.ToString(), error.ToString());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
