using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

/// <summary>The same day's work with every version of kubectl that this machine has.</summary>
public sealed class KubectlVersionTests : KubectlFixture
{
    private const string Pod = """
        apiVersion: v1
        kind: Pod
        metadata: {name: p}
        spec:
          containers:
          - {name: a, image: example.com/a:1}
          - {name: b, image: example.com/b:1}
        """;

    private static IEnumerable<TestCaseData> Programs =>
        Kubectl.Versions().Select(static program => new TestCaseData(program).SetArgDisplayNames(Path.GetFileName(program))).DefaultIfEmpty(new TestCaseData(string.Empty));

    [TestCaseSource(nameof(Programs))]
    public async Task Each_version_does_its_day_s_work(string program)
    {
        using Kubectl old = Kubectl.At(program);
        Server.WriteKubeconfig(old.Kubeconfig);

        Lines(await old.RunAsync("api-resources -o name")).Should().Contain(["widgets.demo.example.com", "selfsubjectaccessreviews.authorization.k8s.io"]);
        (await old.RunAsync("create -f -", Manifests)).Should().Contain("widget.demo.example.com/w created");
        Words(Lines(await old.RunAsync("get wd"))[1])[..2].Should().Equal("w", "3");
        await old.RunAsync("label wd w tier=gold");
        (await old.RunAsync("get wd -l tier=gold -o name")).Should().Be("widget.demo.example.com/w\n");
        (await old.RunAsync("explain wd.spec")).Should().Contain("What is wanted");
        (await old.RunAsync("explain wd --output=plaintext-openapiv2")).Should().Contain("FIELDS:");
        (await old.RunAsync("auth can-i create pods")).Should().Be("yes\n");
        (await old.RunAsync("describe wd w")).Should().Contain("tier=gold");
        (await old.RunAsync("apply --server-side --force-conflicts -f -", Manifests.Replace("size: 3", "size: 4"))).Should().Contain("serverside-applied");
        await old.RunAsync("delete wd w");
    }

    [TestCaseSource(nameof(Programs))]
    public async Task Each_version_merges_lists_by_their_keys_and_warns_of_nothing(string program)
    {
        using Kubectl old = Kubectl.At(program);
        Server.WriteKubeconfig(old.Kubeconfig);
        await old.RunAsync("apply -f -", Pod);
        await old.RunAsync("label pod p tier=gold");

        (int code, string output, string error) = await old.TryAsync("apply -f -", Pod.Replace("b:1", "b:2"));

        (code, output, error).Should().Be((0, "pod/p configured\n", string.Empty));
        (await old.RunAsync("get pod p -o jsonpath={.spec.containers[*].image}")).Should().Be("example.com/a:1 example.com/b:2");
        (await old.RunAsync("get pod p -o jsonpath={.metadata.labels}")).Should().Be("""{"tier":"gold"}""");
    }

    [Test]
    public async Task Discovery_takes_two_requests_whatever_groups_there_are()
    {
        (_, _, string log) = await Kubectl.TryAsync("api-resources -v=6");

        string[] paths = [.. Regex.Matches(log, "https://[^/ ]+(/apis?[^ ?\"]*)").Select(static match => match.Groups[1].Value).Distinct()];
        paths.Should().BeEquivalentTo("/api", "/apis");
    }
}
