using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Testing.TestCluster;

namespace BuildController.Tests.Informers.Testing;

[TestFixture]
public sealed class ClusterValidationTests
{
    private readonly TestCluster cluster = new();

    [TestCase("Upper")]
    [TestCase("under_score")]
    [TestCase("-dash")]
    [TestCase("line\\n")]
    [TestCase("a/b")]
    public void Names_are_subdomains(string name)
    {
        ApiException error = Refusal(() => cluster.ConfigMap(name));

        error.IsInvalid.Should().BeTrue();
        error.Causes.Should().ContainSingle().Which.Field.Should().Be("metadata.name");
        error.Message.Should().Contain("a lowercase RFC 1123 subdomain must consist of");
    }

    [Test]
    public void An_invalid_object_is_named_with_its_kind()
    {
        Refusal(() => cluster.ConfigMap("A")).Message.Should().StartWith("ConfigMap \"A\" is invalid: metadata.name: Invalid value: \"A\": ");
        Refusal(() => cluster.Widget("A")).Message.Should().StartWith("Widget.example.com \"A\" is invalid: ");
    }

    [Test]
    public void Names_of_namespaces_are_labels()
    {
        Refusal(() => cluster.Create(CoreResources.Namespaces, Named("a.b"))).Message.Should().Contain("a lowercase RFC 1123 label must consist of");
    }

    [Test]
    public void Names_have_253_characters_at_most()
    {
        cluster.ConfigMap(new string('a', 253));

        Refusal(() => cluster.ConfigMap(new string('a', 254))).Causes.Should().ContainSingle().Which.Message.Should().EndWith("must be no more than 253 characters");
    }

    [Test]
    public void Label_values_have_63_characters_at_most()
    {
        cluster.Create(CoreResources.ConfigMaps, Labelled("fits", "a", new string('x', 63)));

        ApiException error = Refusal(() => cluster.Create(CoreResources.ConfigMaps, Labelled("long", "a", new string('x', 64))));

        error.Code.Should().Be(422);
        error.Causes.Should().ContainSingle().Which.Should().Match<ApiStatusCause>(cause =>
            cause.Field == "metadata.labels" && cause.Message!.EndsWith("must be no more than 63 characters") && cause.Type == "FieldValueInvalid");
    }

    [Test]
    public void Label_keys_have_63_characters_after_the_domain()
    {
        string name = new('k', 63);
        cluster.Create(CoreResources.ConfigMaps, Labelled("key", "example.com/" + name, "v"));

        Refusal(() => cluster.Create(CoreResources.ConfigMaps, Labelled("key2", $"example.com/{name}k", "v")))
            .Causes.Should().ContainSingle().Which.Message.Should().Contain("name part must be no more than 63 characters");
    }

    [Test]
    public void Every_fault_is_listed()
    {
        ApiException error = Refusal(() => cluster.Create(CoreResources.ConfigMaps, """{ "metadata": { "name": "A", "labels": { "a": "b c" } } }"""));

        error.Causes.Select(cause => cause.Field).Should().BeEquivalentTo("metadata.name", "metadata.labels");
        error.Message.Should().StartWith("ConfigMap \"A\" is invalid: [metadata.name: ");
    }

    [Test]
    public void Labels_that_are_no_text_are_a_bad_request()
    {
        Refusal(() => cluster.Create(CoreResources.ConfigMaps, """{ "metadata": { "name": "a", "labels": { "a": 1 } } }""")).Code.Should().Be(400);
        Refusal(() => cluster.ConfigMap("a", "\"data\": { \"a\": 1 }")).Code.Should().Be(400);
    }

    [Test]
    public void Annotations_have_256_KiB_together()
    {
        JsonObject body = Named("annotated");
        body["metadata"]!["annotations"] = new JsonObject { ["a"] = new string('x', 256 * 1024 - 1) };
        cluster.Create(CoreResources.ConfigMaps, body);
        body = Named("annotated-more");
        body["metadata"]!["annotations"] = new JsonObject { ["a"] = new string('x', 256 * 1024) };

        Refusal(() => cluster.Create(CoreResources.ConfigMaps, body)).Causes.Should().ContainSingle().Which.Should().Match<ApiStatusCause>(cause =>
            cause.Field == "metadata.annotations" && cause.Type == "FieldValueTooLong");
    }

    [Test]
    public void A_config_map_holds_one_MiB_to_the_byte()
    {
        JsonObject body = Named("full");
        body["data"] = new JsonObject { ["a"] = new string('x', 1048575), ["b"] = "x" };
        cluster.Create(CoreResources.ConfigMaps, body);
        body = Named("overfull");
        body["data"] = new JsonObject { ["a"] = new string('ü', 524288), ["b"] = "x" };

        ApiException error = Refusal(() => cluster.Create(CoreResources.ConfigMaps, body));

        error.Causes.Should().ContainSingle().Which.Type.Should().Be("FieldValueTooLong");
        error.Message.Should().Contain("Too long").And.Contain("1048576");
    }

    [Test]
    public void A_secret_s_limit_counts_decoded_bytes()
    {
        JsonObject body = Named("full");
        body["data"] = new JsonObject { ["a"] = Convert.ToBase64String(new byte[1048576]) };
        cluster.Create(CoreResources.Secrets, body);
        body = Named("overfull");
        body["data"] = new JsonObject { ["a"] = Convert.ToBase64String(new byte[1048577]) };

        Refusal(() => cluster.Create(CoreResources.Secrets, body)).Causes.Should().ContainSingle().Which.Field.Should().Be("data");
    }

    [Test]
    public void A_pull_secret_needs_its_key()
    {
        Refusal(() => cluster.Create(CoreResources.Secrets, Named("pull", "\"type\": \"kubernetes.io/dockerconfigjson\"")))
            .Causes.Should().ContainSingle().Which.Field.Should().Be("data[.dockerconfigjson]");
    }

    [Test]
    public void Keys_of_config_maps_have_a_form()
    {
        Refusal(() => cluster.ConfigMap("keys", "\"data\": { \"a b\": \"\" }")).Causes.Should().ContainSingle().Which.Field.Should().Be("data[a b]");
    }

    [Test]
    public void Pods_need_named_containers_with_images()
    {
        Refusal(() => cluster.Create(CoreResources.Pods, Named("p", "\"spec\": {}"))).Causes.Should().Contain(cause => cause.Field == "spec.containers");
        Refusal(() => cluster.Create(CoreResources.Pods, Named("p", """ "spec": { "containers": [ {} ] }""")))
            .Causes.Select(cause => cause.Field).Should().Contain("spec.containers[0].name").And.Contain("spec.containers[0].image");
    }

    [Test]
    public void Owners_need_an_identity_and_only_one_controls()
    {
        Refusal(() => cluster.Create(CoreResources.ConfigMaps, """{ "metadata": { "name": "a", "ownerReferences": [ { "apiVersion": "v1", "kind": "ConfigMap", "name": "o" } ] } }"""))
            .Causes.Should().ContainSingle().Which.Message.Should().Contain("uid must not be empty");
        Refusal(() => cluster.Create(CoreResources.ConfigMaps, """
            { "metadata": { "name": "a", "ownerReferences": [
              { "apiVersion": "v1", "kind": "ConfigMap", "name": "o", "uid": "1", "controller": true },
              { "apiVersion": "v1", "kind": "ConfigMap", "name": "p", "uid": "2", "controller": true } ] } }
            """)).Message.Should().Contain("Only one reference can have Controller set to true");
    }

    private static JsonObject Labelled(string name, string key, string value)
    {
        JsonObject body = Named(name);
        body["metadata"]!["labels"] = new JsonObject { [key] = value };
        return body;
    }

    private static ApiException Refusal(Func<object> call) => ClusterCreateTests.Refusal(() => { call(); });
}
