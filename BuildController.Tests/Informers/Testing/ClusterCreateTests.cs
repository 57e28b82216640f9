using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Testing.TestCluster;

namespace BuildController.Tests.Informers.Testing;

[TestFixture]
public sealed class ClusterCreateTests
{
    private readonly TestCluster cluster = new();

    [Test]
    public void A_created_object_gets_its_identity_from_the_server()
    {
        var own = new TestCluster();
        JsonObject created = own.Create(CoreResources.ConfigMaps, """{ "metadata": { "name": "a", "uid": "mine", "creationTimestamp": "1999-01-01T00:00:00Z", "selfLink": "/x" } }""");

        Text(created, "apiVersion").Should().Be("v1");
        Text(created, "kind").Should().Be("ConfigMap");
        Text(created, "metadata.namespace").Should().Be("default");
        Text(created, "metadata.creationTimestamp").Should().Be("2024-01-01T00:00:00Z");
        Text(created, "metadata.resourceVersion").Should().Be(own.Version);
        Guid.TryParse(Text(created, "metadata.uid"), out _).Should().BeTrue();
        At(created, "metadata.selfLink").Should().BeNull();
        Text(own.Get(CoreResources.ConfigMaps, "a"), "metadata.uid").Should().Be(Text(created, "metadata.uid"));
    }

    [Test]
    public void The_same_calls_in_the_same_world_give_the_same_identities()
    {
        string Run()
        {
            var one = new TestCluster(seed: 7);
            return one.Create(CoreResources.ConfigMaps, """{ "metadata": { "generateName": "a-" } }""").ToJsonString();
        }

        Run().Should().Be(Run());
    }

    [Test]
    public void One_sequence_of_versions_runs_through_all_resources()
    {
        long first = long.Parse(Text(cluster.ConfigMap("seq"), "metadata.resourceVersion"));
        long second = long.Parse(Text(cluster.Widget("seq"), "metadata.resourceVersion"));

        second.Should().BeGreaterThan(first);
        cluster.Version.Should().Be(second.ToString());
    }

    [Test]
    public void A_generated_name_is_the_prefix_and_five_characters()
    {
        string first = Text(cluster.Create(CoreResources.ConfigMaps, """{ "metadata": { "generateName": "job-" } }"""), "metadata.name");
        string second = Text(cluster.Create(CoreResources.ConfigMaps, """{ "metadata": { "generateName": "job-" } }"""), "metadata.name");

        first.Should().MatchRegex("^job-[bcdfghjklmnpqrstvwxz2456789]{5}$");
        second.Should().NotBe(first);
    }

    [Test]
    public void A_name_is_needed()
    {
        ApiException error = Refusal(() => cluster.Create(CoreResources.ConfigMaps, """{ "metadata": {} }"""));

        error.Code.Should().Be(422);
        error.Causes.Should().ContainSingle().Which.Should().Match<ApiStatusCause>(cause =>
            cause.Type == "FieldValueRequired" && cause.Field == "metadata.name" && cause.Message == "Required value: name or generateName is required");
    }

    [Test]
    public void A_name_that_is_taken_is_refused_with_the_server_s_words()
    {
        cluster.ConfigMap("taken");

        ApiException error = Refusal(() => cluster.ConfigMap("taken"));

        error.Message.Should().Be("configmaps \"taken\" already exists");
        error.IsAlreadyExists.Should().BeTrue();
        error.Code.Should().Be(409);
        error.Status.Details!.Name.Should().Be("taken");
        error.Status.Details.Kind.Should().Be("configmaps");
    }

    [Test]
    public void A_custom_resource_is_named_with_its_group_in_errors()
    {
        cluster.Widget("taken");

        Refusal(() => cluster.Widget("taken")).Message.Should().Be("widgets.example.com \"taken\" already exists");
    }

    [Test]
    public void A_namespace_must_exist()
    {
        ApiException error = Refusal(() => cluster.Api.Create(CoreResources.ConfigMaps, "nowhere", Named("a")));

        error.IsNotFound.Should().BeTrue();
        error.Message.Should().Be("namespaces \"nowhere\" not found");
    }

    [Test]
    public void An_object_of_another_namespace_is_refused()
    {
        ApiException error = Refusal(() => cluster.Api.Create(CoreResources.ConfigMaps, "default", Json("""{ "metadata": { "name": "a", "namespace": "kube-system" } }""")));

        error.Code.Should().Be(400);
        error.Message.Should().Be("the namespace of the provided object does not match the namespace sent on the request");
    }

    [Test]
    public void An_object_of_another_kind_is_refused()
    {
        Refusal(() => cluster.Create(CoreResources.ConfigMaps, """{ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "a" } }""")).Code.Should().Be(400);
    }

    [Test]
    public void A_version_must_not_be_sent()
    {
        Refusal(() => cluster.Create(CoreResources.ConfigMaps, """{ "metadata": { "name": "a", "resourceVersion": "5" } }"""))
            .Message.Should().Be("resourceVersion should not be set on objects to be created");
    }

    [Test]
    public void A_dry_run_answers_the_object_and_keeps_nothing()
    {
        string before = cluster.Version;

        JsonObject answer = Json(cluster.Api.Create(CoreResources.ConfigMaps, "default", Named("dry"), new WriteOptions { DryRun = true }));

        Text(answer, "metadata.name").Should().Be("dry");
        cluster.Exists(CoreResources.ConfigMaps, "dry").Should().BeFalse();
        cluster.Version.Should().Be(before);
    }

    [Test]
    public void The_caller_s_object_is_not_touched()
    {
        JsonObject body = Named("own");

        cluster.Create(CoreResources.Secrets, body);

        body.ToJsonString().Should().Be(Named("own").ToJsonString());
    }

    [Test]
    public void A_status_that_comes_with_a_new_custom_resource_is_dropped()
    {
        JsonObject created = cluster.Widget("fresh", "\"status\": { \"ready\": true }");

        created.ContainsKey("status").Should().BeFalse();
        Text(created, "metadata.generation").Should().Be("1");
    }

    [Test]
    public void A_resource_that_nobody_registered_is_not_found()
    {
        ResourceDefinition unknown = Widgets with { Resource = new GroupVersionResource("example.com", "v1", "unknowns") };

        Refusal(() => cluster.Api.Get(unknown, InDefault("a"))).Message.Should().Be("the server could not find the requested resource");
        cluster.Api.Find("example.com", "v1", "unknowns").Should().BeNull();
        cluster.Api.Find("example.com", "v1", "widgets").Should().BeSameAs(Widgets);
    }

    [Test]
    public void Namespaces_start_active_and_carry_their_name_as_a_label()
    {
        JsonObject created = cluster.Create(CoreResources.Namespaces, Named("team"));

        Text(created, "status.phase").Should().Be("Active");
        created["metadata"]!["labels"]!["kubernetes.io/metadata.name"]!.ToString().Should().Be("team");
    }

    [Test]
    public void A_pod_gets_the_defaults_that_matter()
    {
        JsonObject pod = cluster.Create(CoreResources.Pods, Named("p", """ "spec": { "containers": [ { "name": "c", "image": "quay.io/a/b:1" } ] }"""));

        Text(pod, "status.phase").Should().Be("Pending");
        Text(pod, "spec.restartPolicy").Should().Be("Always");
        Text(pod, "spec.terminationGracePeriodSeconds").Should().Be("30");
        Text(pod, "spec.containers.0.imagePullPolicy").Should().Be("IfNotPresent");
    }

    [Test]
    public void A_secret_is_opaque_and_its_plain_values_become_data()
    {
        JsonObject secret = cluster.Create(CoreResources.Secrets, Named("s", """ "stringData": { "a": "plain" }, "data": { "a": "b2xk", "b": "Yg==" }"""));

        Text(secret, "type").Should().Be("Opaque");
        Text(secret, "data.a").Should().Be("cGxhaW4=");
        Text(secret, "data.b").Should().Be("Yg==");
        secret.ContainsKey("stringData").Should().BeFalse();
    }

    internal static ApiException Refusal(Action call) => call.Should().Throw<ApiException>().Which;

    private static ApiException Refusal(Func<object> call) => Refusal(() => { call(); });
}
