using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Conformance;

[TestFixtureSource(typeof(ConformanceTargets), nameof(ConformanceTargets.All))]
public sealed class CreateConformance(ConformanceTarget target) : ClientsetConformance(target)
{
    [Test]
    public async Task A_new_object_has_an_identity_a_version_and_a_time()
    {
        JsonObject created = await MapAsync("identity", "\"data\": { \"a\": \"1\" }");

        created.Uid().Should().NotBeEmpty();
        created.Version().Should().NotBeEmpty();
        DateTimeOffset.Parse(created.Text("metadata.creationTimestamp"), System.Globalization.CultureInfo.InvariantCulture).Should().BeAfter(DateTimeOffset.UnixEpoch);
        created.Text("metadata.namespace").Should().Be(Namespace);
        created.Text("data.a").Should().Be("1");
    }

    [Test]
    public async Task What_was_sent_is_what_is_read()
    {
        JsonObject created = await MapAsync("kept", """ "data": { "text": "ü \"q\" \n" }, "binaryData": { "bytes": "AAEC" } """, """ "labels": { "a": "1" }, "annotations": { "b": "2" } """);

        JsonObject read = await Maps.GetAsync(Key("kept"), Stop);

        read.Text("data.text").Should().Be("ü \"q\" \n");
        read.Text("binaryData.bytes").Should().Be("AAEC");
        read.Text("metadata.labels.a").Should().Be("1");
        read.Text("metadata.annotations.b").Should().Be("2");
        read.Version().Should().Be(created.Version());
        read.Text("apiVersion").Should().Be("v1");
        read.Text("kind").Should().Be("ConfigMap");
    }

    [Test]
    public async Task A_name_is_given_once()
    {
        await MapAsync("twice");

        ApiException error = await RefusalOf(() => MapAsync("twice"));

        error.IsAlreadyExists.Should().BeTrue();
        error.Code.Should().Be(409);
        error.Status.Details!.Name.Should().Be("twice");
        error.Status.Details.Kind.Should().Be("configmaps");
        error.Message.Should().Contain("configmaps \"twice\" already exists");
    }

    [Test]
    public async Task The_server_makes_names_of_a_prefix()
    {
        JsonObject first = await GenerateAsync("made-"), second = await GenerateAsync("made-");

        first.Name().Should().StartWith("made-").And.HaveLength(10);
        second.Name().Should().StartWith("made-").And.NotBe(first.Name());
        first.Text("metadata.generateName").Should().Be("made-");
        (await Maps.GetAsync(Key(first.Name()), Stop)).Uid().Should().Be(first.Uid());
    }

    [Test]
    public async Task A_long_prefix_is_cut_so_that_the_name_has_63_characters()
    {
        (await GenerateAsync(new string('x', 100))).Name().Should().HaveLength(63).And.StartWith(new string('x', 58));
    }

    [Test]
    public async Task A_name_wins_over_a_prefix()
    {
        JsonObject created = await Maps.CreateAsync(Named("chosen", metadata: "\"generateName\": \"other-\""), Stop);

        created.Name().Should().Be("chosen");
    }

    [Test]
    public async Task An_object_needs_a_name_or_a_prefix()
    {
        JsonObject nameless = JsonReading.Parse($$"""{ "metadata": { "namespace": "{{Namespace}}" } }""");

        ShouldBlame(await RefusalOf(() => Maps.CreateAsync(nameless, Stop)), "FieldValueRequired", "metadata.name");
    }

    [Test]
    public async Task A_new_object_must_not_come_with_a_version()
    {
        await RefusalOf(() => MapAsync("versioned", metadata: "\"resourceVersion\": \"1\""));

        (await Maps.FindAsync(Key("versioned"), Stop)).Should().BeNull();
    }

    [Test]
    public async Task What_the_server_sets_cannot_be_chosen()
    {
        JsonObject created = await MapAsync("system", metadata: """
            "uid": "mine", "creationTimestamp": "2001-01-01T00:00:00Z", "deletionTimestamp": "2001-01-01T00:00:00Z", "selfLink": "/here"
            """);

        created.Uid().Should().NotBe("mine");
        created.Text("metadata.creationTimestamp").Should().NotStartWith("2001");
        created.At("metadata.deletionTimestamp").Should().BeNull();
        created.At("metadata.selfLink").Should().BeNull();
    }

    [Test]
    public async Task Fields_that_the_kind_does_not_have_are_not_kept()
    {
        await MapAsync("unknown", """ "data": { "a": "1" }, "spec": { "size": 1 }, "extra": true """, "\"extra\": 1");

        JsonObject read = await Maps.GetAsync(Key("unknown"), Stop);

        read.Text("data.a").Should().Be("1");
        read.ContainsKey("spec").Should().BeFalse();
        read.ContainsKey("extra").Should().BeFalse();
        read.At("metadata.extra").Should().BeNull();
    }

    [Test]
    public async Task A_namespace_must_be_there()
    {
        JsonObject lost = JsonReading.Parse("""{ "metadata": { "name": "lost", "namespace": "conformance-that-is-not-there" } }""");

        ApiException error = await RefusalOf(() => Maps.CreateAsync(lost, Stop));

        error.IsNotFound.Should().BeTrue();
        error.Code.Should().Be(404);
        error.Message.Should().Contain("namespaces \"conformance-that-is-not-there\" not found");
    }

    [TestCase("v2", "ConfigMap")]
    [TestCase("v1", "Secret")]
    [TestCase("example.com/v1", "ConfigMap")]
    public async Task An_object_of_another_type_is_a_bad_request(string apiVersion, string kind)
    {
        JsonObject other = Named("other", $""" "apiVersion": "{apiVersion}", "kind": "{kind}" """);

        ApiException error = await RefusalOf(() => Maps.CreateAsync(other, Stop));

        error.Code.Should().Be(400);
        error.Reason.Should().Be(ApiErrorReason.BadRequest);
    }

    [TestCase("""{ "a": 1 }""")]
    [TestCase("""{ "a": true }""")]
    [TestCase("""{ "a": { "b": "c" } }""")]
    [TestCase("[]")]
    [TestCase("\"text\"")]
    public async Task A_value_of_another_type_is_a_bad_request(string data)
    {
        ApiException error = await RefusalOf(() => MapAsync("typed", $"\"data\": {data}"));

        error.Code.Should().Be(400);
        error.Reason.Should().Be(ApiErrorReason.BadRequest);
    }

    [Test]
    public async Task A_secret_s_plain_text_is_written_into_its_data()
    {
        JsonObject created = await Secrets.CreateAsync(Named("plain", """ "data": { "a": "b2xk", "b": "a2VwdA==" }, "stringData": { "a": "new" } """), Stop);

        created.Text("data.a").Should().Be("bmV3");
        created.Text("data.b").Should().Be("a2VwdA==");
        created.ContainsKey("stringData").Should().BeFalse();
        created.Text("type").Should().Be("Opaque");
    }

    [Test]
    public async Task A_secret_s_data_is_base64()
    {
        (await RefusalOf(() => Secrets.CreateAsync(Named("garbled", """ "data": { "a": "?" } """), Stop))).Code.Should().Be(400);
    }

    [Test]
    public async Task A_namespace_starts_active_and_names_itself_in_a_label()
    {
        JsonObject created = await Clientset.Resource(Kinds.Namespaces).GetAsync(new ObjectKey(Namespace), Stop);

        created.Text("status.phase").Should().Be("Active");
        created.Texts("spec.finalizers").Should().Equal("kubernetes");
        ((string?)created["metadata"]!["labels"]!["kubernetes.io/metadata.name"]).Should().Be(Namespace);
    }

    [Test]
    public async Task Who_wrote_what_is_noted()
    {
        JsonObject created = await MapAsync("noted", "\"data\": { \"a\": \"1\" }");

        JsonNode entry = created["metadata"]!["managedFields"]!.AsArray().Should().ContainSingle().Subject!;
        entry.Text("operation").Should().Be("Update");
        entry.Text("apiVersion").Should().Be("v1");
        entry.Text("fieldsType").Should().Be("FieldsV1");
        entry["fieldsV1"]!["f:data"]!.AsObject().Should().ContainKey("f:a");
    }

    private Task<JsonObject> GenerateAsync(string prefix) =>
        Maps.CreateAsync(JsonReading.Parse($$"""{ "metadata": { "generateName": "{{prefix}}", "namespace": "{{Namespace}}" } }"""), Stop);
}
