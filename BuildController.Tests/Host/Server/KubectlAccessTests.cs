using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

/// <summary>What kubectl asks about itself, and what the server cannot do.</summary>
public sealed class KubectlAccessTests : KubectlFixture
{
    [TestCase("create pods")]
    [TestCase("delete widgets.demo.example.com/w -n default")]
    [TestCase("'*' '*' --all-namespaces")]
    [TestCase("get /metrics")]
    [TestCase("patch widgets --subresource=status")]
    public async Task The_one_user_may_do_everything(string what) =>
        (await Kubectl.RunAsync($"auth can-i {what}")).Trim().Should().EndWith("yes");

    [Test]
    public async Task The_one_user_is_told_who_it_is_and_what_it_may_do()
    {
        (await Kubectl.RunAsync("auth whoami")).Should().Contain("embedded-admin").And.Contain("system:masters");
        string[] rules = Lines(await Kubectl.RunAsync("auth can-i --list"));

        Words(rules[1]).Should().Equal("*.*", "[]", "[]", "[*]");
        Words(rules[2]).Should().Equal("[*]", "[]", "[*]");
    }

    [TestCase("rollout status pod/p", "no status viewer has been implemented for Pod")]
    [TestCase("rollout restart pod/p", "restarting is not supported")]
    [TestCase("rollout undo pod/p", "no rollbacker has been implemented for \"Pod\"")]
    [TestCase("autoscale pod/p --max=3", "cannot autoscale a Pod")]
    [TestCase("scale pod/p --replicas=3", "the server could not find the requested resource")]
    [TestCase("logs p", "pod \"p\" has no log: the pods of the embedded cluster are simulated")]
    [TestCase("exec p -- ls", "pod \"p\" has no process to talk to: the pods of the embedded cluster are simulated")]
    [TestCase("attach p", "pod \"p\" has no process to talk to: the pods of the embedded cluster are simulated")]
    [TestCase("debug p --image=example.com/x --profile=general", "ephemeral containers are disabled for this cluster")]
    [TestCase("create job j --image=example.com/x", "the server could not find the requested resource")]
    [TestCase("create quota q --hard=pods=1", "the server could not find the requested resource")]
    [TestCase("top pods", "Metrics API not available")]
    public async Task What_there_is_not_is_refused_in_words_and_not_by_a_crash(string command, string complaint)
    {
        await Kubectl.RunAsync("run p --image=example.com/x");

        string error = await Kubectl.FailAsync(command);

        error.Should().Contain(complaint).And.NotContain("panic");
    }
}
