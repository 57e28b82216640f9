using BuildController.Tests.Informers.Client.Configuration;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Commands;

[TestFixture]
[Platform(Exclude = "Win", Reason = "Signals are Unix'.")]
public sealed class HostProcessTests
{
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(20);

    [TestCase("", "INT", false)]
    [TestCase("", "INT", true)]
    [TestCase("", "TERM", false)]
    [TestCase("cluster", "INT", false)]
    [TestCase("cluster", "INT", true)]
    [TestCase("cluster", "TERM", false)]
    public async Task A_signal_ends_it_in_order(string command, string signal, bool ignoresInterrupt)
    {
        using HostProcess host = HostProcess.Start(command, ignoresInterrupt);
        await host.WaitForAsync("Ctrl-C ends it.");
        string kubeconfig = host.Kubeconfig;
        File.Exists(kubeconfig).Should().BeTrue();

        host.Signal(signal);

        (await host.ExitAsync(Seconds)).Should().Be(0, host.Error);
        host.Error.Should().NotContain("   at ");
        File.Exists(kubeconfig).Should().BeFalse();
    }

    [Test]
    public async Task A_kubeconfig_that_it_merely_finds_is_never_touched()
    {
        using var folder = new TemporaryFolder();
        string found = folder.Write(".kube/config", "this: [is no kubeconfig");
        var environment = new Dictionary<string, string> { ["KUBECONFIG"] = found, ["HOME"] = folder.Path };
        using HostProcess host = HostProcess.Start(string.Empty, environment: environment);

        await host.WaitForAsync("Ctrl-C ends it.");

        host.Output.Should().Contain("works on an embedded cluster");
        host.Kubeconfig.Should().NotBe(found);
        host.Signal("TERM");
        (await host.ExitAsync(Seconds)).Should().Be(0);
        File.ReadAllText(found).Should().Be("this: [is no kubeconfig");
    }

    [Test]
    public async Task The_piped_demo_is_plain_text_and_ends_by_itself()
    {
        using HostProcess host = HostProcess.Start("demo", environment: new Dictionary<string, string> { ["TERM"] = "xterm-256color" });

        int status = await host.ExitAsync(TimeSpan.FromSeconds(60));

        status.Should().Be(0, host.Output);
        host.Output.Should().Contain("every step came out as expected").And.NotContain("\u001b");
        host.Error.Trim().Should().BeEmpty();
    }

    [TestCase("")]
    [TestCase("cluster")]
    [TestCase("demo")]
    public async Task A_folder_for_temporary_files_that_is_missing_is_named(string command)
    {
        using HostProcess host = HostProcess.Start(command, environment: new Dictionary<string, string> { ["TMPDIR"] = "/no/such/folder" });

        (await host.ExitAsync(Seconds)).Should().Be(1);
        host.Error.Trim().Should().StartWith("error: The folder for temporary files, /no/such/folder/, cannot be written").And.NotContain("\n");
    }

    [Test]
    public async Task A_complaint_is_one_line_of_a_process_too()
    {
        using HostProcess host = HostProcess.Start("cluster --port abc");

        (await host.ExitAsync(Seconds)).Should().Be(2);
        host.Error.Trim().Should().Be("error: --port: 'abc' is no port: give a number from 0 to 65535. Try --help.");
        host.Output.Trim().Should().BeEmpty();
    }
}
