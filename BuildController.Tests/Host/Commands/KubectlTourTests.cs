using System.Diagnostics;
using BuildController.Tests.Docs;
using BuildController.Tests.Host.Server;
using BuildController.Tests.Informers.Client.Configuration;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Commands;

/// <summary>The script that shows people what kubectl can do with the cluster command does what it says.</summary>
[TestFixture]
[Category("Kubectl")]
[Platform(Exclude = "Win", Reason = "The tour is a bash script.")]
public sealed class KubectlTourTests
{
    [Test]
    public async Task The_tour_goes_to_its_end()
    {
        Kubectl.FindOrIgnore().Dispose();
        using var home = new TemporaryFolder();
        await using RunningCommand cluster = await RunningCommand.StartAsync("cluster");
        var start = new ProcessStartInfo("bash", [Repository.PathOf("BuildController.Tests", "scripts", "kubectl-tour.sh")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["KUBECONFIG"], start.Environment["HOME"]) = (cluster.Kubeconfig, home.Path);
        using var patience = new CancellationTokenSource(RunningCommand.Patience);

        using Process tour = Process.Start(start)!;
        Task<string> output = tour.StandardOutput.ReadToEndAsync(patience.Token), error = tour.StandardError.ReadToEndAsync(patience.Token);
        await tour.WaitForExitAsync(patience.Token);

        tour.ExitCode.Should().Be(0, "{0}\n{1}", await output, await error);
        (await output).Should().EndWith("The tour is over: every line did what it should.\n");
    }
}
