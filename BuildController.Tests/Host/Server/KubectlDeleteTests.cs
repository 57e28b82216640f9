using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

/// <summary>How objects go with kubectl, and how it waits.</summary>
public sealed class KubectlDeleteTests : KubectlFixture
{
    [TestCase("background", false)]
    [TestCase("foreground", false)]
    [TestCase("orphan", true)]
    public async Task What_an_object_owns_goes_or_stays_as_asked_for(string cascade, bool stays)
    {
        await CreateOwnedAsync();

        await Kubectl.RunAsync($"delete wd w --cascade={cascade}");

        (await Kubectl.TryAsync("get wd w")).Code.Should().NotBe(0);
        (await Kubectl.RunAsync("get cm owned --ignore-not-found -o name")).Should().Be(stays ? "configmap/owned\n" : string.Empty);
        if (stays)
            (await Kubectl.RunAsync("get cm owned -o jsonpath={.metadata.ownerReferences}")).Should().BeEmpty();
    }

    [Test]
    public async Task A_foreground_deletion_waits_for_what_blocks_it()
    {
        await CreateOwnedAsync();
        await Kubectl.RunAsync("patch cm owned -p {\"metadata\":{\"finalizers\":[\"demo.example.com/hold\"]}}");

        await Kubectl.RunAsync("delete wd w --cascade=foreground --wait=false");
        (await Kubectl.RunAsync("get wd w -o jsonpath={.metadata.finalizers}")).Should().Be("""["foregroundDeletion"]""");
        await Kubectl.RunAsync("patch cm owned --type merge -p {\"metadata\":{\"finalizers\":null}}");

        await Kubectl.RunAsync("wait --for=delete wd/w cm/owned --timeout=50s");
    }

    [Test]
    public async Task A_pod_has_its_grace_period_unless_it_is_forced()
    {
        await Kubectl.RunAsync("create -f -", """
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec:
              nodeName: node-1
              containers: [{name: a, image: example.com/a}]
            """);

        await Kubectl.RunAsync("delete pod p --grace-period=600 --wait=false");
        (await Kubectl.RunAsync("get pod p -o jsonpath={.metadata.deletionGracePeriodSeconds}")).Should().Be("600");
        Words(Lines(await Kubectl.RunAsync("get pod p"))[1])[2].Should().Be("Terminating");
        (int code, string output, string error) = await Kubectl.TryAsync("delete pod p --grace-period=0 --force");

        code.Should().Be(0, error);
        output.Should().Contain("force deleted");
        (await Kubectl.RunAsync("get pods -o name")).Should().BeEmpty();
    }

    [Test]
    public async Task Several_are_deleted_by_selector_by_file_and_all_of_a_kind()
    {
        await Kubectl.RunAsync("create -f -", Manifests);
        await Kubectl.RunAsync("create cm gold");
        await Kubectl.RunAsync("label cm gold tier=gold");

        (await Kubectl.RunAsync("delete cm -l tier=gold --dry-run=server")).Should().StartWith("configmap \"gold\" deleted").And.Contain("dry run");
        (await Kubectl.RunAsync("delete cm -l tier=gold")).Should().StartWith("configmap \"gold\" deleted");
        (await Kubectl.RunAsync("delete -f -", Manifests)).Should().Contain("\"c\" deleted").And.Contain("\"w\" deleted");
        (await Kubectl.FailAsync("delete -f -", Manifests)).Should().Contain("configmaps \"c\" not found");
        (await Kubectl.RunAsync("delete -f - --ignore-not-found", Manifests)).Should().BeEmpty();
        await Kubectl.RunAsync("create -f -", Manifests);
        await Kubectl.RunAsync("delete cm,wd --all");
        (await Kubectl.RunAsync("get cm,wd -o name")).Should().BeEmpty();
    }

    [Test]
    public async Task A_namespace_goes_with_all_that_it_holds()
    {
        await Kubectl.RunAsync("create ns other");
        await Kubectl.RunAsync("create -n other -f -", Manifests);

        await Kubectl.RunAsync("delete ns other");

        (await Kubectl.RunAsync("get cm,wd -n other -o name")).Should().BeEmpty();
        (await Kubectl.FailAsync("create cm c -n other")).Should().Contain("namespaces \"other\" not found");
    }

    [Test]
    public async Task Waits_end_by_value_by_condition_by_deletion_and_by_time()
    {
        await Kubectl.RunAsync("create -f -", Manifests);

        Task<string> value = Kubectl.RunAsync("wait --for=jsonpath={.status.phase}=Done wd/w --timeout=50s");
        Task<string> condition = Kubectl.RunAsync("wait --for=condition=Broken=false wd/w --timeout=50s");
        Task<string> deletion = Kubectl.RunAsync("wait --for=delete cm/c --timeout=50s");
        await MergeAsync($"{Demo.WidgetsPath}/w/status", """{"status":{"phase":"Done","conditions":[{"type":"Broken","status":"False"}]}}""");
        await Kubectl.RunAsync("delete cm c");

        (await value).Should().Be("widget.demo.example.com/w condition met\n");
        (await condition).Should().Be("widget.demo.example.com/w condition met\n");
        await deletion;
        (await Kubectl.FailAsync("wait --for=condition=Ready wd/w --timeout=1s")).Should().Contain("timed out waiting for the condition");
        (await Kubectl.RunAsync("wait --for=delete cm/c --timeout=1s")).Should().BeEmpty();
    }

    private async Task CreateOwnedAsync()
    {
        await Kubectl.RunAsync("create -f -", Manifests);
        string uid = await Kubectl.RunAsync("get wd w -o jsonpath={.metadata.uid}");
        await Kubectl.RunAsync("create -f -", $$"""
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: owned
              ownerReferences: [{apiVersion: demo.example.com/v1, kind: Widget, name: w, uid: {{uid}}, controller: true, blockOwnerDeletion: true}]
            """);
    }
}
