using System.Diagnostics;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

/// <summary>The many ways in which kubectl shows what there is.</summary>
public sealed class KubectlReadTests : KubectlFixture
{
    private const string ManyWidgets = """
        apiVersion: demo.example.com/v1
        kind: Widget
        metadata: {name: small, labels: {tier: gold, color: red}}
        spec: {size: 1, note: first}
        ---
        apiVersion: demo.example.com/v1
        kind: Widget
        metadata: {name: large, labels: {tier: silver}}
        spec: {size: 9}
        ---
        apiVersion: demo.example.com/v1
        kind: Widget
        metadata: {name: middle, labels: {tier: gold}}
        spec: {size: 5}
        """;

    [Test]
    public async Task Labels_are_shown_as_asked_for()
    {
        await Kubectl.RunAsync("create -f -", ManyWidgets);

        Lines(await Kubectl.RunAsync("get wd small --show-labels"))[1].Should().EndWith("color=red,tier=gold");
        Words(Lines(await Kubectl.RunAsync("get wd -L tier"))[0])[^1].Should().Be("TIER");
        Words(Lines(await Kubectl.RunAsync("get wd -L tier"))[1]).Should().StartWith("large").And.EndWith("silver");
        Lines(await Kubectl.RunAsync("get wd --no-headers")).Should().HaveCount(3);
    }

    [TestCase("-l tier=gold", "middle small")]
    [TestCase("-l tier!=gold", "large")]
    [TestCase("-l 'tier in (gold,silver),color'", "small")]
    [TestCase("-l !color", "large middle")]
    [TestCase("--field-selector metadata.name=large", "large")]
    [TestCase("--field-selector metadata.name!=large,metadata.namespace=default", "middle small")]
    [TestCase("--sort-by=.spec.size", "small middle large")]
    [TestCase("--sort-by={.metadata.name}", "large middle small")]
    [TestCase("--chunk-size=1", "large middle small")]
    public async Task Objects_are_selected_and_ordered(string options, string expected)
    {
        await Kubectl.RunAsync("create -f -", ManyWidgets);

        string names = await Kubectl.RunAsync($"get wd {options} -o custom-columns=:.metadata.name --no-headers");

        Words(names).Should().Equal(expected.Split(' '));
    }

    [Test]
    public async Task Values_are_picked_out_in_each_language_for_it()
    {
        await Kubectl.RunAsync("create -f -", ManyWidgets);

        (await Kubectl.RunAsync("get wd -o jsonpath={.items[*].spec.size}")).Should().Be("9 5 1");
        (await Kubectl.RunAsync("get wd -o 'jsonpath={range .items[?(@.spec.size>4)]}{.metadata.name}{\" \"}{end}'")).Should().Be("large middle ");
        (await Kubectl.RunAsync("get wd small -o go-template={{.spec.note}}")).Should().Be("first");
        Lines(await Kubectl.RunAsync("get wd -o custom-columns=WHO:.metadata.name,HOW:.spec.size")).Select(static line => string.Join(' ', Words(line)))
            .Should().Equal("WHO HOW", "large 9", "middle 5", "small 1");
        Lines(await Kubectl.RunAsync("get wd -o name"))[0].Should().Be("widget.demo.example.com/large");
        JsonElement.Parse(await Kubectl.RunAsync("get wd small -o json")).GetProperty("spec").GetProperty("note").GetString().Should().Be("first");
        (await Kubectl.RunAsync("get wd small -o yaml --show-managed-fields")).Should().Contain("kind: Widget");
        (await Kubectl.RunAsync("get wd small --subresource=status -o name")).Should().Contain("small");
    }

    [Test]
    public async Task Pods_are_shown_wide_with_their_node_and_address()
    {
        await Kubectl.RunAsync("run p --image=example.com/x");
        await Kubectl.RunAsync("patch pod p --subresource=status --type merge -p {\"status\":{\"phase\":\"Running\",\"podIP\":\"10.0.0.7\"}}");

        Words(Lines(await Kubectl.RunAsync("get pods -o wide"))[0]).Should().Equal("NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED", "NODE", "READINESS", "GATES");
        Lines(await Kubectl.RunAsync("get pods -o wide"))[1].Should().Contain("10.0.0.7").And.Contain("<none>");
        (await Kubectl.RunAsync("get pods --field-selector=status.phase=Running -o name")).Should().Be("pod/p\n");
        (await Kubectl.RunAsync("get pods --field-selector=status.phase!=Running -o name")).Should().BeEmpty();
        (await Kubectl.RunAsync("describe pod p")).Should().MatchRegex(@"IP: +10\.0\.0\.7").And.Contain("Image:");
    }

    [Test]
    public async Task Kinds_are_shown_together_and_all_of_a_category()
    {
        await Kubectl.RunAsync("create -f -", Manifests);
        await Kubectl.RunAsync("run p --image=example.com/x");
        await Kubectl.RunAsync("create service clusterip s --tcp=80:http");

        string all = await Kubectl.RunAsync("get all");
        all.Should().Contain("pod/p").And.Contain("service/s").And.Contain("widget.demo.example.com/w").And.NotContain("configmap");
        (await Kubectl.RunAsync("get cm,wd -o name")).Should().Contain("configmap/c").And.Contain("widget.demo.example.com/w");
        (await Kubectl.RunAsync("get cm,wd -A")).Should().Contain("configmap/c").And.Contain("default");
        Words(Lines(await Kubectl.RunAsync("get svc"))[1])[..2].Should().Equal("s", "ClusterIP");
        (await Kubectl.RunAsync("get service s -o jsonpath={.spec.ports[0].targetPort}")).Should().Be("http");
    }

    [Test]
    public async Task What_is_not_there_is_said_in_kubectl_s_words()
    {
        (await Kubectl.FailAsync("get cm none")).Should().Be("Error from server (NotFound): configmaps \"none\" not found\n");
        (await Kubectl.FailAsync("get nonsense")).Should().Be("error: the server doesn't have a resource type \"nonsense\"\n");
        (await Kubectl.FailAsync("get pods --field-selector=spec.color=red")).Should().Contain("field label not supported: spec.color");
        (await Kubectl.FailAsync("get pods -l 'a in'")).Should().StartWith("Error from server (BadRequest)");
        (await Kubectl.TryAsync("get wd")).Error.Should().Be("No resources found in default namespace.\n");
        (await Kubectl.RunAsync("get cm none --ignore-not-found")).Should().BeEmpty();
    }

    [Test]
    public async Task Events_are_shown_by_both_commands()
    {
        await Kubectl.RunAsync("create -f -", Manifests);
        await Kubectl.RunAsync("create -f -", """
            apiVersion: v1
            kind: Event
            metadata: {name: w.1}
            involvedObject: {apiVersion: demo.example.com/v1, kind: Widget, name: w, namespace: default}
            type: Warning
            reason: Scratched
            message: It does not shine.
            count: 3
            firstTimestamp: "2024-01-01T00:00:00Z"
            lastTimestamp: "2024-01-01T00:00:00Z"
            """);

        (await Kubectl.RunAsync("events")).Should().Contain("Warning").And.Contain("Scratched").And.Contain("Widget/w").And.Contain("It does not shine.");
        (await Kubectl.RunAsync("events --for widget/w --types=Warning")).Should().Contain("Scratched");
        (await Kubectl.TryAsync("events --for configmap/c")).Error.Should().Contain("No events found");
        (await Kubectl.RunAsync("get events -o wide")).Should().Contain("widget/w").And.Contain("3");
        (await Kubectl.RunAsync("get events --field-selector=involvedObject.name=w,type=Warning -o name")).Should().Be("event/w.1\n");
    }

    [Test]
    public async Task Watches_show_rows_objects_and_what_is_deleted()
    {
        await Kubectl.RunAsync("create -f -", Manifests);
        using Process rows = Kubectl.Start("get wd -w --output-watch-events --show-labels"), objects = Kubectl.Start("get wd -w -o name"), values = Kubectl.Start("get wd w -w -o jsonpath={.spec.size}{\"\\n\"}");
        try
        {
            await LineWithAsync(rows, "ADDED");
            await LineWithAsync(objects, "widget.demo.example.com/w");
            await LineWithAsync(values, "3");

            await Kubectl.RunAsync("label wd w tier=gold");
            (await LineWithAsync(rows, "MODIFIED")).Should().EndWith("tier=gold");
            await MergeAsync($"{Demo.WidgetsPath}/w", """{"spec":{"size":77}}""");
            await LineWithAsync(values, "77");
            await Kubectl.RunAsync("delete wd w");

            (await LineWithAsync(rows, "DELETED")).Should().Contain("w");
        }
        finally
        {
            rows.Kill();
            objects.Kill();
            values.Kill();
        }
    }

    [Test]
    public async Task The_cluster_tells_where_it_is_and_how_it_is()
    {
        (await Kubectl.RunAsync("cluster-info")).Should().Contain($"control plane is running at {Server.Address.GetLeftPart(UriPartial.Authority)}");
        (await Kubectl.RunAsync("version -o json")).Should().Contain("v1.32.0+buildcontroller");
        (await Kubectl.RunAsync("get --raw /readyz?verbose")).Should().Contain("[+]etcd ok").And.EndWith("readyz check passed\n");
        (await Kubectl.RunAsync("get --raw /api/v1/namespaces/default")).Should().Contain("\"kind\":\"Namespace\"");
        Lines(await Kubectl.RunAsync("api-versions")).Should().Contain(["v1", "demo.example.com/v1", "authorization.k8s.io/v1"]);
        (await Kubectl.FailAsync("get --raw /nowhere")).Should().Contain("NotFound");
    }

    [TestCase("")]
    [TestCase("--output=plaintext-openapiv2")]
    public async Task Kinds_are_explained_by_both_versions_of_the_description(string output)
    {
        (await Kubectl.RunAsync($"explain wd {output}")).Should().MatchRegex(@"KIND:\s+Widget").And.MatchRegex("spec\t").And.MatchRegex("status\t");
        (await Kubectl.RunAsync($"explain wd.status {output}")).Should().Contain("controllers report it");
        (await Kubectl.RunAsync($"explain configmap --recursive {output}")).Should().MatchRegex(@"KIND:\s+ConfigMap").And.Contain("metadata");
        (await Kubectl.FailAsync($"explain wd.nonsense {output}")).Should().Contain("nonsense");
    }

    [Test]
    public async Task An_older_kubectl_s_description_knows_metadata_and_the_fields_of_core_kinds()
    {
        (await Kubectl.RunAsync("explain pod.metadata --output=plaintext-openapiv2 --recursive")).Should().Contain("ownerReferences\t<[]").And.Contain("labels\t<map[string]string>");
        (await Kubectl.RunAsync("explain cm.data --output=plaintext-openapiv2")).Should().Contain("<map[string]string>");
    }

    [TestCase("")]
    [TestCase("--output=plaintext-openapiv2")]
    public async Task A_custom_resource_that_was_defined_with_a_schema_is_explained_by_it(string output)
    {
        await Kubectl.RunAsync("create -f -", """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: boats.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {plural: boats, kind: Boat}
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema:
                    description: A boat on the lake.
                    type: object
                    required: [spec]
                    properties:
                      spec:
                        description: What kind of boat it is.
                        type: object
                        required: [length]
                        properties:
                          length: {type: integer, description: From bow to stern in metres.}
                          sails: {type: array, items: {type: object, properties: {area: {type: number, description: In square metres.}}}}
                          crew: {type: object, additionalProperties: {type: string}}
            """);
        await Kubectl.RunAsync("wait --for=condition=Established crd/boats.example.com --timeout=50s");

        (await Kubectl.RunAsync($"explain boats {output}")).Should().MatchRegex(@"KIND:\s+Boat").And.Contain("A boat on the lake.").And.MatchRegex(@"spec\t<Object> -required-");
        string spec = await Kubectl.RunAsync($"explain boats.spec {output}");
        spec.Should().Contain("What kind of boat it is.").And.MatchRegex(@"length\t<integer> -required-").And.Contain("From bow to stern in metres.")
            .And.MatchRegex(@"sails\t<\[\]Object>").And.Contain("crew\t<map[string]string>");
        (await Kubectl.RunAsync($"explain boats.spec.sails.area {output}")).Should().Contain("<number>").And.Contain("In square metres.");
        (await Kubectl.RunAsync($"explain boats.metadata.labels {output}")).Should().NotBeEmpty();
        (await Kubectl.FailAsync($"explain boats.spec.keel {output}")).Should().Contain("keel");
    }
}
