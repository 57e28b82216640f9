using System.Runtime.Versioning;
using BuildController.Host.Commands;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Commands;

[TestFixture]
public sealed class RunningCommandTests
{
    [TestCase("")]
    [TestCase("cluster")]
    [TestCase("cluster --port 0 --no-kubelet")]
    public async Task A_command_greets_and_leaves_nothing_behind_when_interrupted(string line)
    {
        await using RunningCommand command = await RunningCommand.StartAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        command.Address.Host.Should().Be("127.0.0.1");
        command.Address.Port.Should().BePositive();
        File.ReadAllText(command.Kubeconfig).Should().Contain($":{command.Address.Port}");
        command.Output.Should().Contain($"export KUBECONFIG={command.Kubeconfig}");
        command.KubectlLines.Should().Contain("kubectl get mcp").And.Contain("kubectl get pods -A -w")
            .And.Contain("kubectl annotate mcp worker machineconfiguration.openshift.io/rebuildImage=1");

        (await command.InterruptAsync()).Should().Be(0);
        command.Error.Should().BeEmpty();
        Directory.Exists(Path.GetDirectoryName(command.Kubeconfig)).Should().BeFalse("the kubeconfig goes with the cluster, and so does its folder");
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    [Platform(Exclude = "Win", Reason = "Windows has no file modes.")]
    public async Task Only_the_owner_may_read_the_kubeconfig()
    {
        await using RunningCommand command = await RunningCommand.StartAsync("cluster");

        File.GetUnixFileMode(command.Kubeconfig).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Test]
    public async Task A_worker_works_on_the_cluster_whose_kubeconfig_it_is_given()
    {
        await using RunningCommand cluster = await RunningCommand.StartAsync("cluster");
        await using RunningCommand worker = await RunningCommand.StartAsync("--kubeconfig", cluster.Kubeconfig);

        worker.Output.Should().Contain(cluster.Address.Authority).And.Contain("Building images for the layered pools");

        (await worker.InterruptAsync()).Should().Be(0);
    }

    [TestCase("")]
    [TestCase("cluster")]
    public async Task Interrupted_before_it_has_started_a_command_ends_in_order(string line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        int status = await CommandRunner.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, error, new CancellationToken(canceled: true)).WaitAsync(RunningCommand.Patience);

        status.Should().Be(0);
        error.ToString().Should().BeEmpty();
    }

    [Test]
    public async Task An_interrupted_demo_does_not_pass_for_a_good_one()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        int status = await CommandRunner.RunAsync(["demo"], output, error, new CancellationToken(canceled: true)).WaitAsync(RunningCommand.Patience);

        status.Should().NotBe(0);
        error.ToString().Should().BeEmpty();
    }
}
