using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Conformance;

[TestFixtureSource(typeof(ConformanceTargets), nameof(ConformanceTargets.All))]
public sealed class ValidationConformance(ConformanceTarget target) : ClientsetConformance(target)
{
    [TestCase("Upper")]
    [TestCase("under_score")]
    [TestCase("-dash")]
    [TestCase("dash-")]
    [TestCase("dot..dot")]
    public async Task Names_are_subdomains(string name) =>
        ShouldBlame(await RefusalOf(() => MapAsync(name)), "FieldValueInvalid", "metadata.name");

    [Test]
    public async Task Names_have_253_characters_at_most()
    {
        await MapAsync(new string('a', 253));

        ShouldBlame(await RefusalOf(() => MapAsync(new string('a', 254))), "FieldValueInvalid", "metadata.name");
    }

    [TestCase("a.b")]
    [TestCase("Upper")]
    public async Task Names_of_namespaces_are_labels(string name)
    {
        JsonObject body = JsonReading.Parse($$"""{ "metadata": { "name": "{{name}}" } }""");

        ShouldBlame(await RefusalOf(() => Clientset.Resource(Kinds.Namespaces).CreateAsync(body, Stop)), "FieldValueInvalid", "metadata.name");
    }

    [Test]
    public async Task A_prefix_for_names_has_the_form_of_a_name()
    {
        JsonObject body = JsonReading.Parse($$"""{ "metadata": { "generateName": "Upper_", "namespace": "{{Namespace}}" } }""");

        ShouldBlame(await RefusalOf(() => Maps.CreateAsync(body, Stop)), "FieldValueInvalid", "metadata.generateName");
    }

    [TestCase("a", "b c")]
    [TestCase("a b", "c")]
    [TestCase("example.com/a/b", "c")]
    [TestCase("Example_com/a", "c")]
    [TestCase("a", "-b")]
    public async Task Labels_have_a_form(string key, string value) =>
        ShouldBlame(await RefusalOf(() => MapAsync("labelled", metadata: $$""" "labels": { "{{key}}": "{{value}}" } """)), "FieldValueInvalid", "metadata.labels");

    [Test]
    public async Task Label_values_have_63_characters_at_most()
    {
        string fits = new('x', 63);
        await MapAsync("label-fits", metadata: $$""" "labels": { "a": "{{fits}}" } """);

        ShouldBlame(await RefusalOf(() => MapAsync("label-long", metadata: $$""" "labels": { "a": "{{fits}}x" } """)), "FieldValueInvalid", "metadata.labels");
    }

    [Test]
    public async Task Annotations_have_256_KiB_together()
    {
        await MapAsync("annotated", metadata: $$""" "annotations": { "a": "{{new string('x', (256 * 1024) - 1)}}" } """);

        ShouldBlame(
            await RefusalOf(() => MapAsync("overannotated", metadata: $$""" "annotations": { "a": "{{new string('x', 256 * 1024)}}" } """)),
            "FieldValueTooLong", "metadata.annotations");
    }

    [Test]
    public async Task Finalizers_are_qualified_names() =>
        ShouldBlame(await RefusalOf(() => MapAsync("finalized", metadata: """ "finalizers": ["not a name"] """)), "FieldValueInvalid", "metadata.finalizers");

    [Test]
    public async Task Owners_need_an_identity()
    {
        ApiException error = await RefusalOf(() => MapAsync("owned", metadata: """ "ownerReferences": [ { "apiVersion": "v1", "kind": "ConfigMap", "name": "o" } ] """));

        ShouldBlame(error, "FieldValueInvalid", "metadata.ownerReferences.uid");
    }

    [Test]
    public async Task Only_one_owner_controls()
    {
        ApiException error = await RefusalOf(() => MapAsync("owned", metadata: """
            "ownerReferences": [
              { "apiVersion": "v1", "kind": "ConfigMap", "name": "o", "uid": "1", "controller": true },
              { "apiVersion": "v1", "kind": "ConfigMap", "name": "p", "uid": "2", "controller": true } ]
            """));

        ShouldBlame(error, "FieldValueInvalid", "metadata.ownerReferences");
    }

    [Test]
    public async Task Every_fault_is_listed_and_the_object_is_named()
    {
        ApiException error = await RefusalOf(() => MapAsync("A", metadata: """ "labels": { "a": "b c" } """));

        error.Causes.Select(static cause => cause.Field).Should().Contain(["metadata.name", "metadata.labels"]);
        error.Message.Should().StartWith("ConfigMap \"A\" is invalid: ").And.Contain("metadata.name").And.Contain("metadata.labels");
        error.Status.Details!.Name.Should().Be("A");
        error.Status.Details.Kind.Should().Be("ConfigMap");
        error.Reason.Should().Be(ApiErrorReason.Invalid);
    }

    [Test]
    public async Task Keys_of_config_maps_have_a_form()
    {
        ShouldBlame(await RefusalOf(() => MapAsync("keys", """ "data": { "a b": "" } """)), "FieldValueInvalid", "data[a b]");
        ShouldBlame(await RefusalOf(() => MapAsync("keys", """ "binaryData": { "a/b": "" } """)), "FieldValueInvalid", "binaryData[a/b]");
    }

    [Test]
    public async Task A_key_is_text_or_bytes() =>
        ShouldBlame(await RefusalOf(() => MapAsync("both", """ "data": { "a": "" }, "binaryData": { "a": "" } """)), "FieldValueInvalid", "data[a]");

    [Test]
    public async Task A_config_map_holds_one_MiB()
    {
        await MapAsync("full", $$""" "data": { "a": "{{new string('x', 1024 * 1024)}}" } """);

        ApiException error = await RefusalOf(() => MapAsync("overfull", $$""" "data": { "a": "{{new string('x', (1024 * 1024) + 1)}}" } """));

        error.IsInvalid.Should().BeTrue();
        error.Causes.Should().Contain(static cause => cause.Type == "FieldValueTooLong");
    }

    [Test]
    public async Task A_secret_holds_one_MiB_of_bytes()
    {
        string tooMuch = Convert.ToBase64String(new byte[(1024 * 1024) + 1]);

        ApiException error = await RefusalOf(() => Secrets.CreateAsync(Named("overfull", $$""" "data": { "a": "{{tooMuch}}" } """), Stop));

        ShouldBlame(error, "FieldValueTooLong", "data");
    }

    [TestCase("kubernetes.io/dockerconfigjson", "data[.dockerconfigjson]")]
    [TestCase("kubernetes.io/dockercfg", "data[.dockercfg]")]
    [TestCase("kubernetes.io/ssh-auth", "data[ssh-privatekey]")]
    public async Task Secrets_of_a_type_need_its_keys(string type, string field) =>
        ShouldBlame(await RefusalOf(() => Secrets.CreateAsync(Named("typed", $"\"type\": \"{type}\""), Stop)), "FieldValueRequired", field);

    [Test]
    public async Task A_secret_of_a_registry_s_credentials_holds_json()
    {
        ApiException error = await RefusalOf(() => Secrets.CreateAsync(
            Named("typed", """ "type": "kubernetes.io/dockerconfigjson", "data": { ".dockerconfigjson": "bm90IGpzb24=" } """), Stop));

        ShouldBlame(error, "FieldValueInvalid", "data[.dockerconfigjson]");
    }

    [Test]
    public async Task A_lease_lasts_some_time()
    {
        ApiException error = await RefusalOf(() => Clientset.Resource(Kinds.Leases).CreateAsync(Named("lease", """ "spec": { "leaseDurationSeconds": 0 } """), Stop));

        ShouldBlame(error, "FieldValueInvalid", "spec.leaseDurationSeconds");
    }

    [Test]
    public async Task An_event_lives_where_its_object_lives()
    {
        IResourceClient<JsonObject> events = Clientset.Resource(Kinds.Events);
        ApiException error = await RefusalOf(() => events.CreateAsync(
            Named("event", """ "involvedObject": { "kind": "Pod", "name": "p", "namespace": "elsewhere" }, "reason": "Test" """), Stop));

        ShouldBlame(error, "FieldValueInvalid", "involvedObject.namespace");
        await events.CreateAsync(Named("event", $$""" "involvedObject": { "kind": "Pod", "name": "p", "namespace": "{{Namespace}}" }, "reason": "Test" """), Stop);
    }

    [Test]
    public async Task An_update_is_validated_as_a_new_object_is()
    {
        await MapAsync("updated");

        ShouldBlame(await RefusalOf(() => Maps.PatchAsync(Key("updated"), Merge("""{ "metadata": { "labels": { "a": "b c" } } }"""), Stop)), "FieldValueInvalid", "metadata.labels");
        ShouldBlame(await RefusalOf(() => Maps.PatchAsync(Key("updated"), Merge("""{ "data": { "a b": "" } }"""), Stop)), "FieldValueInvalid", "data[a b]");
        (await Maps.GetAsync(Key("updated"), Stop)).ContainsKey("data").Should().BeFalse();
    }
}
