using System.Text.Json;
using BuildController.Host.Commands;
using BuildController.Tests.Host.Commands;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Pools;

/// <summary>The admin's commands against a worker on its embedded cluster.</summary>
[TestFixture]
public sealed class PoolCommandTests
{
    private RunningCommand worker = null!;

    [OneTimeSetUp]
    public async Task StartWorker()
    {
        worker = await RunningCommand.StartAsync("--log-level", "none");
        await Health.MonitoringTests.Eventually(async () => (await RunAsync("status", "worker")).Output.Contains(" Built ", StringComparison.Ordinal));
    }

    [OneTimeTearDown]
    public async Task StopWorker() => await worker.DisposeAsync();

    [Test]
    [Order(1)]
    public async Task Status_is_a_table_that_tools_can_cut()
    {
        (int status, string output, _) = await RunAsync("status");

        status.Should().Be(0);
        string[] lines = output.Split('\n');
        lines[0].Should().MatchRegex("^POOL +PHASE +IMAGE +ATTEMPTS +LAST ERROR +AGE$");
        lines[1].Should().MatchRegex("^master +NotLayered +<none> +0 +<none> +<unknown>$");
        lines[2].Should().MatchRegex(@"^worker +Built +registry\.example\.com/openshift/os-image@sha256:[0-9a-f]{64} +0 +<none> +\d+[sm]");
    }

    [Test]
    [Order(2)]
    public async Task Status_is_JSON_or_YAML_for_programs()
    {
        JsonElement all = JsonElement.Parse((await RunAsync("status", "-o", "json")).Output);
        JsonElement one = JsonElement.Parse((await RunAsync("status", "worker", "--output", "json")).Output);
        string yaml = (await RunAsync("status", "worker", "-o", "yaml")).Output;

        all.EnumerateArray().Select(static pool => pool.GetProperty("name").GetString()).Should().Equal("master", "worker");
        one.GetProperty("phase").GetString().Should().Be("Built");
        yaml.Should().StartWith("name: worker\nphase: Built\n").And.Contain("image: \"registry.example.com/openshift/os-image@sha256:");
    }

    [Test]
    [Order(3)]
    public async Task A_rebuild_is_asked_for_and_waited_for()
    {
        string before = await ImageAsync();

        (int status, string output, string error) = await RunAsync("rebuild", "worker", "--wait", "--timeout", "50s");

        status.Should().Be(0, output + error);
        string[] lines = output.TrimEnd().Split('\n');
        lines.Should().HaveCountGreaterThan(2).And.OnlyContain(static line => System.Text.RegularExpressions.Regex.IsMatch(line, @"^ +\d+\.\ds worker [a-z]+: "));
        lines[0].Should().Contain("requested: ");
        lines.Should().ContainSingle(static line => line.Contains(" built: "));
        lines[^1].Should().Contain("built: registry.example.com/openshift/os-image@sha256:");
        output.Should().Contain("building: ").And.NotContain("\u001b");
        (await ImageAsync()).Should().NotBe(before);
    }

    [Test]
    [Order(4)]
    public async Task Without_waiting_it_is_only_asked_for()
    {
        (int status, string output, _) = await RunAsync("rebuild", "worker");

        status.Should().Be(0);
        output.Should().MatchRegex(@"worker asked for: machineconfiguration\.openshift\.io/rebuildImage=\d{4}-");
    }

    [Test]
    [Order(5)]
    public async Task Who_has_no_patience_is_told_that_it_goes_on()
    {
        (int status, string output, _) = await RunAsync("rebuild", "worker", "--wait", "--timeout", "1s");

        status.Should().Be(1);
        output.Should().EndWith($"worker has not ended within 1s; it goes on, see: status worker{Environment.NewLine}");
    }

    [TestCase("rebuild nowhere", "there is no pool 'nowhere': there are master, worker.")]
    [TestCase("status nowhere", "there is no pool 'nowhere': there are master, worker.")]
    [TestCase("rebuild master", "the pool 'master' is not layered, so it has no image: label it machineconfiguration.openshift.io/layering-enabled= to have one built.")]
    [TestCase("status -o xml", "--output: 'xml' is no output format: give table, json or yaml.")]
    [TestCase("rebuild worker --timeout 5s", "--timeout: goes with --wait.")]
    [TestCase("rebuild worker --wait --timeout 5", "--timeout: '5' is no duration: give numbers with ms, s, m or h, as '90s' or '1h30m', from 1s to 24h.")]
    [TestCase("rebuild", "rebuild needs an argument: rebuild POOL.")]
    [TestCase("rebuild worker master", "rebuild takes one argument, but was also given 'master'.")]
    public async Task What_cannot_be_is_one_line_and_status_2(string line, string complaint)
    {
        (int status, string output, string error) = await RunAsync(line.Split(' '));

        status.Should().Be(2);
        output.Should().BeEmpty();
        error.Should().StartWith($"error: {complaint}");
        error.TrimEnd().Should().NotContain("\n");
    }

    [TestCase("status")]
    [TestCase("rebuild worker")]
    public async Task Without_a_cluster_none_is_guessed(string line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        int status = await CommandRunner.RunAsync(line.Split(' '), output, error, default);

        status.Should().Be(2);
        error.ToString().Should().StartWith("error: say which cluster: --kubeconfig <path>, or --server <url>");
    }

    [Test]
    public async Task The_cluster_may_stand_before_the_command_and_in_the_environment()
    {
        (await RunRawAsync(["--kubeconfig", worker.Kubeconfig, "status", "worker"])).Output.Should().Contain("worker");
        using var folder = new Informers.Client.Configuration.TemporaryFolder();
        using var output = new StringWriter();
        var reader = new BuildController.Host.Configuration.SettingReader(new Dictionary<string, string> { ["BUILDCONTROLLER_KUBECONFIG"] = worker.Kubeconfig }, folder.Path);

        (await CommandRunner.RunAsync(["status"], reader, output, TextWriter.Null, default)).Should().Be(0);
        output.ToString().Should().Contain("worker");
    }

    private async Task<string> ImageAsync() => JsonElement.Parse((await RunAsync("status", "worker", "-o", "json")).Output).GetProperty("image").GetString()!;

    private Task<(int Status, string Output, string Error)> RunAsync(params string[] arguments) => RunRawAsync([.. arguments, "--kubeconfig", worker.Kubeconfig]);

    private static async Task<(int Status, string Output, string Error)> RunRawAsync(string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int status = await CommandRunner.RunAsync(arguments, output, error, default).WaitAsync(RunningCommand.Patience);
        return (status, output.ToString(), error.ToString());
    }
}
