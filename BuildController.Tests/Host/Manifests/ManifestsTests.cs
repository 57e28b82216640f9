using System.Text.Json;
using System.Text.RegularExpressions;
using BuildController.Host.Commands;
using BuildController.Host.Manifests;
using BuildController.Host.Samples;
using BuildController.Host.Server;
using BuildController.Informers.Testing;
using BuildController.Tests.Host.Server;
using BuildController.Tests.Informers.Client.Configuration;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Manifests;

[TestFixture]
public sealed class ManifestsTests
{
    [Test]
    public async Task Each_document_is_YAML_and_no_placeholder_is_left()
    {
        string yaml = await PrintAsync("--crds", "--monitoring", "--namespace", "builds", "--image", "registry.example.com/worker@sha256:" + new string('a', 64));

        yaml.Should().NotContainAny("{{namespace", "{{args", "{{image", "{{lease", "{{grace", "{{replicas");
        AccessRule.Documents(yaml).Select(static one => one.GetProperty("kind").GetString()).Should().Contain(
            "CustomResourceDefinition", "Namespace", "ServiceAccount", "ClusterRole", "Role", "RoleBinding", "ClusterRoleBinding", "Deployment", "Service", "ServiceMonitor", "PrometheusRule");
        yaml.Should().NotContain("openshift-machine-config-operator");
    }

    [Test]
    public async Task Settings_that_are_given_become_the_workers_and_are_ones_that_it_understands()
    {
        JsonElement deployment = Deployment(await PrintAsync("--workers", "7", "--shutdown-timeout", "1m", "--rebuild-on-input-change", "--replicas", "3"));

        string[] arguments = [.. deployment.GetProperty("spec").GetProperty("template").GetProperty("spec").GetProperty("containers")[0].GetProperty("args").EnumerateArray().Select(static one => one.GetString()!)];
        arguments.Should().Equal(
            "--namespace=openshift-machine-config-operator", "--metrics-address=*:8080", "--log-format=json", "--workers=7", "--rebuild-on-input-change=true", "--shutdown-timeout=1m");
        deployment.GetProperty("spec").GetProperty("replicas").GetInt32().Should().Be(3);
        deployment.GetProperty("spec").GetProperty("template").GetProperty("spec").GetProperty("terminationGracePeriodSeconds").GetInt32().Should().Be(65);
        using var folder = new TemporaryFolder();
        var reader = new BuildController.Host.Configuration.SettingReader(new Dictionary<string, string>(), folder.Path);
        new CommandLine(reader).Root.Parse(arguments).Errors.Should().BeEmpty();
    }

    [Test]
    public async Task OpenShifts_own_namespace_is_left_to_OpenShift()
    {
        (await PrintAsync()).Should().NotContain("kind: Namespace");
        (await PrintAsync("--crds")).Should().Contain("kind: Namespace");
        (await PrintAsync("--namespace", "builds")).Should().Contain("kind: Namespace");
    }

    [TestCase("--image", "a b", "--image: 'a b' is no image: give a registry")]
    [TestCase("--replicas", "0", "--replicas: '0' is no number of workers: give a whole number from 1 to 10.")]
    [TestCase("--workers", "0", "--workers: '0' is no number of workers: give a whole number from 1 to 100.")]
    [TestCase("--namespace", "x: y", "--namespace: 'x: y' is no namespace")]
    public async Task What_would_make_bad_manifests_is_refused(string flag, string value, string complaint)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        (await CommandRunner.RunAsync(["manifests", flag, value], output, error, default)).Should().Be(2);
        error.ToString().Should().StartWith($"error: {complaint}");
        output.ToString().Should().BeEmpty();
    }

    [Test]
    public async Task The_Deployment_is_as_safe_as_it_can_be()
    {
        JsonElement pod = Deployment(await PrintAsync()).GetProperty("spec").GetProperty("template").GetProperty("spec");
        JsonElement container = pod.GetProperty("containers")[0];

        pod.GetProperty("securityContext").GetProperty("runAsNonRoot").GetBoolean().Should().BeTrue();
        container.GetProperty("securityContext").GetRawText().Should().Contain("\"readOnlyRootFilesystem\":true").And.Contain("\"allowPrivilegeEscalation\":false").And.Contain("\"drop\":[\"ALL\"]");
        container.GetProperty("livenessProbe").GetProperty("httpGet").GetProperty("path").GetString().Should().Be("/livez");
        container.GetProperty("readinessProbe").GetProperty("httpGet").GetProperty("path").GetString().Should().Be("/readyz");
        container.GetProperty("resources").GetProperty("limits").GetProperty("memory").GetString().Should().NotBeNull();
    }

    [Test]
    public async Task Alerts_ask_for_metrics_that_there_are()
    {
        string[] known = [.. MetricCatalog.Names];
        JsonElement rules = AccessRule.Documents(await PrintAsync("--monitoring")).Single(static one => one.GetProperty("kind").GetString() == "PrometheusRule");

        string[] expressions = [.. rules.GetProperty("spec").GetProperty("groups")[0].GetProperty("rules").EnumerateArray().Select(static rule => rule.GetProperty("expr").GetString()!)];

        expressions.Should().HaveCountGreaterThan(6);
        foreach (string expression in expressions)
            Regex.Matches(expression, "([a-z_]+)\\{").Select(static match => match.Groups[1].Value).Should().NotBeEmpty().And.BeSubsetOf(known, expression);
    }

    [Test]
    public async Task The_embedded_cluster_takes_them_all()
    {
        var cluster = new InMemoryCluster();
        var clientset = new FakeClientset(cluster);
        foreach (JsonElement document in AccessRule.Documents(await PrintAsync("--crds", "--namespace", "builds")))
        {
            ResourceDefinition type = cluster.Definitions.Single(one => one.Kind == document.GetProperty("kind").GetString() && one.Resource.ApiVersion == document.GetProperty("apiVersion").GetString());
            var item = new BuildController.Informers.Api.UnstructuredObject(document);
            await clientset.Resource(BuildController.Informers.Api.ResourceType.Unstructured(type.Resource, type.Kind, type.Scope)).CreateAsync(item);
        }

        cluster.Definitions.Select(static one => one.Kind).Should().Contain("MachineConfigPool");
    }

    [Test]
    [Category("Kubectl")]
    public async Task Kubectl_takes_them_as_a_dry_run_and_for_good_and_once_more()
    {
        using Kubectl kubectl = Kubectl.FindOrIgnore();
        var cluster = new InMemoryCluster();
        OpenShiftDefinitions.Register(cluster);
        await using EmbeddedApiServer server = await EmbeddedApiServer.StartAsync(cluster);
        server.WriteKubeconfig(kubectl.Kubeconfig);
        string yaml = await PrintAsync("--monitoring");
        await kubectl.RunAsync("apply -f -", MonitoringDefinitions);
        await kubectl.RunAsync("create namespace openshift-machine-config-operator");

        (await kubectl.RunAsync("apply --dry-run=server -f -", yaml)).Should().Contain("deployment.apps/machine-os-build-controller created (server dry run)");
        (await kubectl.RunAsync("get deployments,roles,clusterroles -A -o name")).Should().BeEmpty();
        (await kubectl.RunAsync("apply -f -", yaml)).Should().Contain("prometheusrule.monitoring.coreos.com/machine-os-build-controller created");
        (await kubectl.RunAsync("apply -f -", yaml)).Should().NotContain("created").And.NotContain("configured");
        (await kubectl.RunAsync("apply -f -", await PrintAsync("--replicas", "3"))).Should().Contain("deployment.apps/machine-os-build-controller configured");
        (await kubectl.RunAsync("get deployment -n openshift-machine-config-operator machine-os-build-controller -o jsonpath={.spec.replicas}")).Should().Be("3");
        (await kubectl.RunAsync("delete -f -", yaml)).Should().Contain("deleted");
    }

    [Test]
    [Category("Kubectl")]
    public async Task Kubectl_takes_the_definitions_on_a_cluster_that_lacks_them()
    {
        using Kubectl kubectl = Kubectl.FindOrIgnore();
        await using EmbeddedApiServer server = await EmbeddedApiServer.StartAsync(new InMemoryCluster());
        server.WriteKubeconfig(kubectl.Kubeconfig);

        (await kubectl.RunAsync("apply --dry-run=server -f -", string.Concat((await PrintAsync("--crds")).Split("\n---\n").Take(2).Select(static one => one + "\n---\n"))))
            .Should().Contain("customresourcedefinition.apiextensions.k8s.io/machineconfigpools.machineconfiguration.openshift.io created (server dry run)");
        await kubectl.RunAsync("apply -f -", await PrintAsync("--crds"));
        (await kubectl.RunAsync("get mcp")).Should().BeEmpty();
    }

    private const string MonitoringDefinitions = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: servicemonitors.monitoring.coreos.com
        spec:
          group: monitoring.coreos.com
          scope: Namespaced
          names: {plural: servicemonitors, singular: servicemonitor, kind: ServiceMonitor, listKind: ServiceMonitorList}
          versions:
            - name: v1
              served: true
              storage: true
              schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        ---
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: prometheusrules.monitoring.coreos.com
        spec:
          group: monitoring.coreos.com
          scope: Namespaced
          names: {plural: prometheusrules, singular: prometheusrule, kind: PrometheusRule, listKind: PrometheusRuleList}
          versions:
            - name: v1
              served: true
              storage: true
              schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        """;

    private static JsonElement Deployment(string yaml) => AccessRule.Documents(yaml).Single(static one => one.GetProperty("kind").GetString() == "Deployment");

    private static async Task<string> PrintAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        (await CommandRunner.RunAsync(["manifests", .. arguments], output, error, default)).Should().Be(0, error.ToString());
        return output.ToString();
    }
}
