using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Conformance;

/// <summary>Pods that nobody runs: on nodes that are not there, or on none.</summary>
[TestFixtureSource(typeof(ConformanceTargets), nameof(ConformanceTargets.All))]
public sealed class PodConformance(ConformanceTarget target) : ClientsetConformance(target)
{
    private IResourceClient<JsonObject> Pods => Clientset.Resource(Kinds.Pods);

    /// <summary>A server may refuse pods without an account, and without controllers nobody makes one.</summary>
    protected override async Task PrepareAsync()
    {
        try
        {
            await Clientset.Resource(Kinds.ServiceAccounts).CreateAsync(Named("default"));
        }
        catch (ApiException error) when (error.IsAlreadyExists)
        {
            // A controller was faster.
        }
    }

    [Test]
    public async Task A_new_pod_is_completed_and_pending()
    {
        JsonObject pod = await PodAsync("new");

        pod.Text("status.phase").Should().Be("Pending");
        pod.Text("spec.restartPolicy").Should().Be("Always");
        pod.Text("spec.terminationGracePeriodSeconds").Should().Be("30");
        pod.Text("spec.dnsPolicy").Should().Be("ClusterFirst");
        pod.Text("spec.containers.0.imagePullPolicy").Should().Be("IfNotPresent");
        pod.Text("spec.containers.0.terminationMessagePath").Should().Be("/dev/termination-log");
    }

    [TestCase("example.com/image", "Always")]
    [TestCase("example.com/image:latest", "Always")]
    [TestCase("example.com:5000/image:1", "IfNotPresent")]
    public async Task Images_that_may_move_are_always_pulled(string image, string policy)
    {
        JsonObject pod = await Pods.CreateAsync(
            Pod("pulled-", $$""" "containers": [ { "name": "c", "image": "{{image}}" } ] """, generate: true), Stop);

        pod.Text("spec.containers.0.imagePullPolicy").Should().Be(policy);
    }

    [TestCase("", "FieldValueRequired", "spec.containers")]
    [TestCase(""" "containers": [ { "image": "i" } ] """, "FieldValueRequired", "spec.containers[0].name")]
    [TestCase(""" "containers": [ { "name": "C", "image": "i" } ] """, "FieldValueInvalid", "spec.containers[0].name")]
    [TestCase(""" "containers": [ { "name": "c", "image": "i" }, { "name": "c", "image": "i" } ] """, "FieldValueDuplicate", "spec.containers[1].name")]
    [TestCase(""" "containers": [ { "name": "c", "image": "i" } ], "restartPolicy": "Sometimes" """, "FieldValueNotSupported", "spec.restartPolicy")]
    public async Task A_pod_needs_named_containers(string spec, string type, string field) =>
        ShouldBlame(await RefusalOf(() => Pods.CreateAsync(Pod("invalid", spec), Stop)), type, field);

    [Test]
    public async Task A_new_pod_cannot_bring_its_status()
    {
        JsonObject body = Pod("status", Containers);
        body["status"] = JsonReading.Parse("""{ "phase": "Running" }""");

        (await Pods.CreateAsync(body, Stop)).Text("status.phase").Should().Be("Pending");
    }

    [Test]
    public async Task A_status_is_reported_through_its_subresource()
    {
        await PodAsync("reported");

        (await Pods.PatchAsync(Key("reported"), Merge("""{ "status": { "phase": "Running" } }"""), Stop)).Text("status.phase").Should().Be("Pending");
        JsonObject patched = await Pods.PatchStatusAsync(Key("reported"), Of(PatchKind.StrategicMerge, """
            { "status": { "phase": "Running", "conditions": [ { "type": "Ready", "status": "True" } ] } }
            """), Stop);

        patched.Text("status.phase").Should().Be("Running");
        patched["status"]!["conditions"]!.AsArray().Should().Contain(static one => one.Text("type") == "Ready" && one.Text("status") == "True");
    }

    [Test]
    public async Task Conditions_are_merged_by_their_type()
    {
        await PodAsync("conditions");
        await ConditionAsync("Ready", "False");
        await ConditionAsync("Initialized", "True");

        JsonObject patched = await ConditionAsync("Ready", "True");

        patched["status"]!["conditions"]!.AsArray().Select(static one => $"{one.Text("type")}={one.Text("status")}")
            .Should().Contain(["Ready=True", "Initialized=True"]).And.NotContain("Ready=False");

        Task<JsonObject> ConditionAsync(string type, string status) => Pods.PatchStatusAsync(
            Key("conditions"), Of(PatchKind.StrategicMerge, $$"""{ "status": { "conditions": [ { "type": "{{type}}", "status": "{{status}}" } ] } }"""), Stop);
    }

    [TestCase("""{ "spec": { "restartPolicy": "Never" } }""")]
    [TestCase("""{ "spec": { "nodeName": "other" } }""")]
    [TestCase("""{ "spec": { "terminationGracePeriodSeconds": 5 } }""")]
    public async Task A_pod_s_spec_hardly_changes(string patch)
    {
        JsonObject pod = await Pods.CreateAsync(Pod("fixed-", Containers, generate: true), Stop);

        ShouldBlame(await RefusalOf(() => Pods.PatchAsync(Key(pod.Name()), Merge(patch), Stop)), "FieldValueForbidden", "spec");
    }

    [Test]
    public async Task Containers_are_not_added_but_their_images_change()
    {
        await PodAsync("images");

        JsonObject patched = await Pods.PatchAsync(Key("images"), Of(PatchKind.StrategicMerge, """{ "spec": { "containers": [ { "name": "c", "image": "example.com/image:2" } ] } }"""), Stop);
        patched.Text("spec.containers.0.image").Should().Be("example.com/image:2");

        ApiException error = await RefusalOf(() => Pods.PatchAsync(
            Key("images"), Of(PatchKind.StrategicMerge, """{ "spec": { "containers": [ { "name": "d", "image": "example.com/image:1" } ] } }"""), Stop));
        error.IsInvalid.Should().BeTrue();
    }

    [Test]
    public async Task Tolerations_are_only_added()
    {
        await Pods.CreateAsync(Pod("tolerations", $$"""{{Containers}}, "tolerations": [ { "key": "a", "operator": "Exists" } ] """), Stop);

        JsonObject added = await Pods.PatchAsync(
            Key("tolerations"), Of(PatchKind.Json, """[ { "op": "add", "path": "/spec/tolerations/-", "value": { "key": "b", "operator": "Exists" } } ]"""), Stop);
        added.At("spec.tolerations")!.AsArray().Select(static one => one.Text("key")).Should().Contain(["a", "b"]);

        (await RefusalOf(() => Pods.PatchAsync(Key("tolerations"), Merge("""{ "spec": { "tolerations": [] } }"""), Stop))).IsInvalid.Should().BeTrue();
    }

    [Test]
    public async Task A_pod_without_a_node_goes_at_once()
    {
        await PodAsync("unassigned");

        await Pods.DeleteAsync(Key("unassigned"), null, Stop);

        (await Pods.FindAsync(Key("unassigned"), Stop)).Should().BeNull();
    }

    [Test]
    public async Task A_pod_on_a_node_has_its_grace_period_until_the_kubelet_confirms()
    {
        await OnNodeAsync("graceful", """ "terminationGracePeriodSeconds": 45, """);

        await Pods.DeleteAsync(Key("graceful"), null, Stop);
        JsonObject waiting = await Pods.GetAsync(Key("graceful"), Stop);
        waiting.Text("metadata.deletionGracePeriodSeconds").Should().Be("45");
        waiting.At("metadata.deletionTimestamp").Should().NotBeNull();

        await Pods.DeleteAsync(Key("graceful"), new DeleteOptions { GracePeriod = TimeSpan.Zero, Uid = waiting.Uid() }, Stop);
        (await Pods.FindAsync(Key("graceful"), Stop)).Should().BeNull();
    }

    [Test]
    public async Task A_grace_period_is_shortened_and_never_lengthened()
    {
        await OnNodeAsync("hastened");
        await Pods.DeleteAsync(Key("hastened"), null, Stop);

        await Pods.DeleteAsync(Key("hastened"), new DeleteOptions { GracePeriod = TimeSpan.FromSeconds(600) }, Stop);
        (await Pods.GetAsync(Key("hastened"), Stop)).Text("metadata.deletionGracePeriodSeconds").Should().Be("30");

        await Pods.DeleteAsync(Key("hastened"), new DeleteOptions { GracePeriod = TimeSpan.FromSeconds(5) }, Stop);
        (await Pods.GetAsync(Key("hastened"), Stop)).Text("metadata.deletionGracePeriodSeconds").Should().Be("5");
    }

    [TestCase("Succeeded")]
    [TestCase("Failed")]
    public async Task A_pod_that_has_ended_goes_at_once(string phase)
    {
        string name = $"ended-{phase.ToLowerInvariant()}";
        await OnNodeAsync(name);
        await Pods.PatchStatusAsync(Key(name), Merge($$"""{ "status": { "phase": "{{phase}}" } }"""), Stop);

        await Pods.DeleteAsync(Key(name), null, Stop);

        (await Pods.FindAsync(Key(name), Stop)).Should().BeNull();
    }

    [Test]
    public async Task Pods_are_selected_by_their_phase_and_their_node()
    {
        await Pods.CreateAsync(Pod("selected-a", $$""" "nodeName": "conformance-node-a", {{Containers}} """, label: "selected"), Stop);
        await Pods.CreateAsync(Pod("selected-b", $$""" "nodeName": "conformance-node-b", {{Containers}} """, label: "selected"), Stop);
        await Pods.PatchStatusAsync(Key("selected-b"), Merge("""{ "status": { "phase": "Running" } }"""), Stop);

        (await NamesAsync(Pods, Namespace, Selected("spec.nodeName=conformance-node-a"))).Should().Equal("selected-a");
        (await NamesAsync(Pods, Namespace, Selected("status.phase=Running"))).Should().Equal("selected-b");
        (await NamesAsync(Pods, Namespace, Selected("status.phase!=Running,spec.nodeName!=conformance-node-b"))).Should().Equal("selected-a");
        (await RefusalOf(() => Pods.ListAsync(Namespace, Selected("spec.hostname=a"), Stop))).Code.Should().Be(400);

        static ListOptions Selected(string fields) => new() { LabelSelector = "suite=selected", FieldSelector = fields };
    }

    [Test]
    public async Task A_graceful_deletion_is_seen_in_its_steps()
    {
        string version = await VersionAsync(Pods);
        await Pods.CreateAsync(Pod("steps", $$""" "nodeName": "conformance-node", {{Containers}} """, label: "steps"), Stop);
        await Pods.DeleteAsync(Key("steps"), null, Stop);
        await Pods.DeleteAsync(Key("steps"), new DeleteOptions { GracePeriod = TimeSpan.Zero }, Stop);

        await using var events = new EventReader(await WatchAsync(Pods, version, "suite=steps"), Stop);

        (await events.NextAsync(4)).Should().Equal("Added steps", "Modified steps", "Modified steps", "Deleted steps");
    }

    private const string Containers = """ "containers": [ { "name": "c", "image": "example.com/image:1" } ] """;

    private Task<JsonObject> PodAsync(string name) => Pods.CreateAsync(Pod(name, Containers), Stop);

    private Task<JsonObject> OnNodeAsync(string name, string spec = "") => Pods.CreateAsync(Pod(name, $$""" "nodeName": "conformance-node", {{spec}} {{Containers}} """), Stop);

    private JsonObject Pod(string name, string spec, bool generate = false, string label = "none") => JsonReading.Parse($$"""
        { "metadata": { "{{(generate ? "generateName" : "name")}}": "{{name}}", "namespace": "{{Namespace}}", "labels": { "suite": "{{label}}" } },
          "spec": { "automountServiceAccountToken": false, "schedulerName": "conformance-nobody"{{(spec.Trim().Length > 0 ? "," : "")}} {{spec}} } }
        """);
}
