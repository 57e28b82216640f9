using System.Text.Json.Nodes;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Conformance;

/// <summary>What only HTTP has, and clientsets do not ask for.</summary>
[TestFixtureSource(typeof(ConformanceTargets), nameof(ConformanceTargets.OverHttp))]
public sealed class HttpConformance(HttpTarget target) : CustomResourceConformance(target)
{
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io";
    private const string MetadataOnly = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
    private const string MetadataList = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";

    private IResourceClient<JsonObject> widgets = null!;

    private string MapsPath => $"/api/v1/namespaces/{Namespace}/configmaps";

    private string WidgetsPath => $"/apis/{Group}/v1/namespaces/{Namespace}/widgets";

    private string GadgetsPath => $"/apis/{Group}/v1/namespaces/{Namespace}/gadgets";

    protected override async Task PrepareAsync()
    {
        const string Schema = """
            "spec": { "type": "object", "properties": { "size": { "type": "integer" }, "replicas": { "type": "integer" } } },
            "status": { "type": "object", "properties": { "replicas": { "type": "integer" }, "selector": { "type": "string" } } }
            """;
        widgets = await EstablishAsync(DefinitionOf("widgets", Schema, """
            "subresources": { "status": {}, "scale": { "specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas", "labelSelectorPath": ".status.selector" } },
            "additionalPrinterColumns": [
              { "name": "Size", "type": "integer", "jsonPath": ".spec.size", "description": "How large." },
              { "name": "Far", "type": "string", "jsonPath": ".spec.far", "priority": 1 } ]
            """));
        JsonObject gadgets = DefinitionOf("gadgets", Schema, """ "deprecated": true, "deprecationWarning": "gadgets are no more" """);
        gadgets["spec"]!["names"]!["shortNames"] = new JsonArray("gdg");
        gadgets["spec"]!["names"]!["categories"] = new JsonArray("conformance");
        await EstablishAsync(gadgets);
    }

    [Test]
    public async Task A_server_says_its_version()
    {
        RawAnswer answer = await GetAsync("/version");

        answer.Code.Should().Be(200);
        answer.Json.Text("major").Should().Be("1");
        answer.Json.Text("gitVersion").Should().StartWith("v1.");
    }

    [Test]
    public async Task A_custom_resource_is_discovered_with_its_names_and_subresources()
    {
        // Discovery follows the definition by and by.
        RawAnswer answer;
        while ((answer = await GetAsync($"/apis/{Group}/v1")).Code == 404 || Resource("gadgets") is null || Resource("widgets") is null)
            await Task.Yield();

        JsonNode gadgets = Resource("gadgets")!;
        gadgets.Text("kind").Should().Be("Gadget");
        gadgets.Text("singularName").Should().Be("gadget");
        gadgets.Text("namespaced").Should().Be("true");
        gadgets.Texts("shortNames").Should().Equal("gdg");
        gadgets.Texts("categories").Should().Equal("conformance");
        gadgets.Texts("verbs").Should().BeEquivalentTo("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
        Resource("gadgets/status").Should().BeNull();
        Resource("widgets/status").Texts("verbs").Should().BeEquivalentTo("get", "patch", "update");
        Resource("widgets/scale").Text("kind").Should().Be("Scale");
        Resource("widgets/scale").Text("group").Should().Be("autoscaling");

        JsonNode? Resource(string name) => answer.Json["resources"]?.AsArray().SingleOrDefault(one => one.Text("name") == name);
    }

    [Test]
    public async Task A_group_says_which_versions_it_has()
    {
        RawAnswer answer;
        while ((answer = await GetAsync($"/apis/{Group}")).Code == 404)
            await Task.Yield();

        answer.Json.Text("kind").Should().Be("APIGroup");
        answer.Json.Text("name").Should().Be(Group);
        answer.Json.Text("preferredVersion.version").Should().Be("v1");
    }

    [TestCase("/apis/nobody.conformance.example.com/v1")]
    [TestCase("/api/v9")]
    [TestCase("/apis/nobody.conformance.example.com/v1/things")]
    public async Task What_nobody_serves_is_not_found(string path) => (await GetAsync(path)).Code.Should().Be(404);

    [Test]
    public async Task A_table_has_the_columns_of_the_kind()
    {
        await MapAsync("table", """ "data": { "a": "1", "b": "2" } """, """ "labels": { "suite": "table" } """);

        JsonObject table = (await GetAsync($"{MapsPath}?labelSelector=suite%3Dtable", Table)).Json;

        table.Text("kind").Should().Be("Table");
        table.Text("apiVersion").Should().Be("meta.k8s.io/v1");
        Headings(table).Should().Equal("Name", "Data", "Age");
        JsonNode row = table["rows"]!.AsArray().Should().ContainSingle().Subject!;
        row.Text("cells.0").Should().Be("table");
        row.Text("cells.1").Should().Be("2");
        row.Text("object.kind").Should().Be("PartialObjectMetadata");
        row.Text("object.metadata.name").Should().Be("table");
    }

    [Test]
    public async Task A_custom_resource_s_table_has_its_own_columns_and_no_others()
    {
        await widgets.CreateAsync(Named("table", """ "spec": { "size": 3 } """), Stop);

        JsonObject table = (await GetAsync($"{WidgetsPath}/table", Table)).Json;

        Headings(table).Should().Equal("Name", "Size", "Far");
        table.Text("columnDefinitions.1.description").Should().Be("How large.");
        table.Text("columnDefinitions.2.priority").Should().Be("1");
        table.Text("rows.0.cells.0").Should().Be("table");
        table.Text("rows.0.cells.1").Should().Be("3");
        table.At("rows.0.cells.2").Should().BeNull();
    }

    [Test]
    public async Task A_custom_resource_without_columns_shows_its_age()
    {
        Headings((await GetAsync(GadgetsPath, Table)).Json).Should().Equal("Name", "Age");
    }

    [TestCase("None")]
    [TestCase("Object")]
    public async Task The_rows_of_a_table_carry_what_is_asked_for(string include)
    {
        string name = $"rows-{include.ToLowerInvariant()}";
        await MapAsync(name, """ "data": { "a": "1" } """);

        JsonObject table = (await GetAsync($"{MapsPath}/{name}?includeObject={include}", Table)).Json;

        if (include == "None")
            table.At("rows.0.object").Should().BeNull();
        else
            table.Text("rows.0.object.data.a").Should().Be("1");
    }

    [Test]
    public async Task Metadata_can_be_asked_for_alone()
    {
        await MapAsync("metadata", """ "data": { "a": "1" } """, """ "labels": { "suite": "metadata" } """);

        JsonObject one = (await GetAsync($"{MapsPath}/metadata", MetadataOnly)).Json;
        one.Text("kind").Should().Be("PartialObjectMetadata");
        one.Text("apiVersion").Should().Be("meta.k8s.io/v1");
        one.Name().Should().Be("metadata");
        one.ContainsKey("data").Should().BeFalse();

        JsonObject list = (await GetAsync($"{MapsPath}?labelSelector=suite%3Dmetadata", MetadataList)).Json;
        list.Text("kind").Should().Be("PartialObjectMetadataList");
        list.Text("items.0.metadata.name").Should().Be("metadata");
    }

    [Test]
    public async Task A_large_answer_is_compressed_for_those_who_take_it()
    {
        await MapAsync("large", $$""" "data": { "a": "{{new string('x', 256 * 1024)}}" } """);

        (await GetAsync($"{MapsPath}/large", encoding: "gzip")).Encodings.Should().Equal("gzip");
        (await GetAsync($"{MapsPath}/large")).Encodings.Should().BeEmpty();
        (await GetAsync($"{MapsPath}/large", encoding: "gzip")).Json.Text("data.a").Should().HaveLength(256 * 1024);
    }

    [Test]
    public async Task Custom_resources_are_not_to_be_had_as_protobuf()
    {
        // The refusal itself may well be protobuf.
        (await GetAsync(WidgetsPath, "application/vnd.kubernetes.protobuf")).Code.Should().Be(406);

        RawAnswer written = await Raw.SendAsync(HttpMethod.Post, WidgetsPath, "k8s\0", "application/vnd.kubernetes.protobuf", cancellationToken: Stop);
        written.Code.Should().BeOneOf(400, 415);
    }

    [Test]
    public async Task Bodies_may_be_yaml()
    {
        RawAnswer answer = await Raw.SendAsync(
            HttpMethod.Post, MapsPath, $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\n  namespace: {Namespace}\ndata:\n  a: \"1\"\n", "application/yaml", cancellationToken: Stop);

        answer.Code.Should().Be(201, answer.Text);
        (await Maps.GetAsync(Key("yaml"), Stop)).Text("data.a").Should().Be("1");
    }

    [TestCase("text/plain")]
    [TestCase("application/unknown")]
    public async Task Bodies_of_other_types_are_refused(string contentType) =>
        (await Raw.SendAsync(HttpMethod.Post, MapsPath, "{}", contentType, cancellationToken: Stop)).Code.Should().Be(415);

    [Test]
    public async Task A_patch_needs_a_type_that_the_resource_takes()
    {
        await MapAsync("patched");

        RawAnswer answer = await Raw.SendAsync(HttpMethod.Patch, $"{MapsPath}/patched", "{}", "application/json", cancellationToken: Stop);

        answer.Code.Should().Be(415);
    }

    [Test]
    public async Task A_body_that_is_no_json_is_a_bad_request()
    {
        RawAnswer answer = await Raw.SendAsync(HttpMethod.Post, MapsPath, "{ \"kind\": ", cancellationToken: Stop);

        answer.Code.Should().Be(400);
        answer.Json.Text("kind").Should().Be("Status");
        answer.Json.Text("reason").Should().Be("BadRequest");
    }

    [Test]
    public async Task A_body_of_more_than_3_MiB_is_too_large()
    {
        RawAnswer answer = await Raw.SendAsync(HttpMethod.Post, MapsPath, $"{{ \"a\": \"{new string('x', (3 * 1024 * 1024) + 1)}\" }}", cancellationToken: Stop);

        answer.Code.Should().Be(413);
        answer.Json.Text("reason").Should().Be("RequestEntityTooLarge");
    }

    [Test]
    public async Task Verbs_that_a_path_does_not_have_are_not_allowed()
    {
        (await Raw.SendAsync(HttpMethod.Post, $"{MapsPath}/name", """{ "metadata": { "name": "name" } }""", cancellationToken: Stop)).Code.Should().Be(405);
        (await Raw.SendAsync(HttpMethod.Put, MapsPath, "{}", cancellationToken: Stop)).Code.Should().Be(405);
    }

    [Test]
    public async Task A_write_may_be_a_dry_run()
    {
        string body = $$"""{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "dry", "namespace": "{{Namespace}}" } }""";

        RawAnswer created = await Raw.SendAsync(HttpMethod.Post, $"{MapsPath}?dryRun=All", body, cancellationToken: Stop);
        created.Code.Should().Be(201);
        created.Json.Uid().Should().NotBeEmpty();
        (await Maps.FindAsync(Key("dry"), Stop)).Should().BeNull();

        JsonObject real = await MapAsync("dry");
        RawAnswer patched = await Raw.SendAsync(HttpMethod.Patch, $"{MapsPath}/dry?dryRun=All", """{ "data": { "a": "1" } }""", "application/merge-patch+json", cancellationToken: Stop);
        patched.Json.Text("data.a").Should().Be("1");
        (await Maps.GetAsync(Key("dry"), Stop)).Version().Should().Be(real.Version());

        (await Raw.SendAsync(HttpMethod.Delete, $"{MapsPath}/dry?dryRun=All", cancellationToken: Stop)).Code.Should().Be(200);
        (await Maps.GetAsync(Key("dry"), Stop)).Uid().Should().Be(real.Uid());
        (await Raw.SendAsync(HttpMethod.Delete, $"{MapsPath}/dry", """{ "apiVersion": "v1", "kind": "DeleteOptions", "preconditions": { "uid": "other" }, "dryRun": ["All"] }""", cancellationToken: Stop)).Code.Should().Be(409);
        (await Raw.SendAsync(HttpMethod.Post, $"{MapsPath}?dryRun=Some", body, cancellationToken: Stop)).Code.Should().Be(422);
    }

    [Test]
    public async Task A_dry_run_is_refused_as_the_write_would_be()
    {
        await MapAsync("refused");
        string body = $$"""{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "refused", "namespace": "{{Namespace}}" } }""";

        (await Raw.SendAsync(HttpMethod.Post, $"{MapsPath}?dryRun=All", body, cancellationToken: Stop)).Code.Should().Be(409);
    }

    [Test]
    public async Task Unknown_fields_are_refused_warned_of_or_passed_over()
    {
        RawAnswer refused = await CreateAsync("strict", "Strict"), warned = await CreateAsync("warn", "Warn"), unasked = await CreateAsync("unasked", null), ignored = await CreateAsync("ignore", "Ignore");

        refused.Code.Should().Be(400);
        refused.Json.Text("reason").Should().Be("BadRequest");
        refused.Json.Text("message").Should().Contain("strict decoding error: ").And.Contain("unknown field \"spec.extra\"");
        warned.Code.Should().Be(201);
        warned.Warnings.Should().ContainSingle().Which.Should().Be("299 - \"unknown field \\\"spec.extra\\\"\"");
        unasked.Warnings.Should().ContainSingle();
        ignored.Code.Should().Be(201);
        ignored.Warnings.Should().BeEmpty();
        ignored.Json.At("spec.extra").Should().BeNull();
        (await CreateAsync("other", "Maybe")).Code.Should().Be(422);

        Task<RawAnswer> CreateAsync(string name, string? validation) => Raw.SendAsync(
            HttpMethod.Post, validation is null ? WidgetsPath : $"{WidgetsPath}?fieldValidation={validation}",
            $$"""{ "apiVersion": "{{Group}}/v1", "kind": "Widget", "metadata": { "name": "{{name}}" }, "spec": { "size": 1, "extra": 1 } }""", cancellationToken: Stop);
    }

    [Test]
    public async Task Unknown_fields_of_core_kinds_are_refused_too()
    {
        string body = $$"""{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "strict" }, "extra": 1 }""";

        RawAnswer refused = await Raw.SendAsync(HttpMethod.Post, $"{MapsPath}?fieldValidation=Strict", body, cancellationToken: Stop);
        refused.Code.Should().Be(400);
        refused.Json.Text("message").Should().Contain("strict decoding error: unknown field \"extra\"");

        await MapAsync("strict-patch");
        RawAnswer patched = await Raw.SendAsync(
            HttpMethod.Patch, $"{MapsPath}/strict-patch?fieldValidation=Strict", """{ "extra": 1 }""", "application/merge-patch+json", cancellationToken: Stop);
        patched.Code.Should().Be(422);
        patched.Json.Text("message").Should().Contain("strict decoding error: unknown field \"extra\"");
    }

    [Test]
    public async Task A_deprecated_version_warns_of_itself()
    {
        RawAnswer answer = await GetAsync(GadgetsPath);

        answer.Code.Should().Be(200);
        answer.Warnings.Should().ContainSingle().Which.Should().Be("299 - \"gadgets are no more\"");
        (await GetAsync(WidgetsPath)).Warnings.Should().BeEmpty();
    }

    [Test]
    public async Task A_scale_is_an_object_s_number_of_replicas()
    {
        await widgets.CreateAsync(Named("scaled", """ "spec": { "size": 1, "replicas": 2 } """), Stop);
        await widgets.PatchStatusAsync(Key("scaled"), Merge("""{ "status": { "replicas": 1, "selector": "a=b" } }"""), Stop);

        JsonObject scale = (await GetAsync($"{WidgetsPath}/scaled/scale")).Json;
        scale.Text("kind").Should().Be("Scale");
        scale.Text("apiVersion").Should().Be("autoscaling/v1");
        scale.Text("spec.replicas").Should().Be("2");
        scale.Text("status.replicas").Should().Be("1");
        scale.Text("status.selector").Should().Be("a=b");

        scale["spec"]!["replicas"] = 5;
        RawAnswer put = await Raw.SendAsync(HttpMethod.Put, $"{WidgetsPath}/scaled/scale", scale.ToJsonString(), cancellationToken: Stop);
        put.Code.Should().Be(200, put.Text);
        put.Json.Text("spec.replicas").Should().Be("5");
        RawAnswer patched = await Raw.SendAsync(HttpMethod.Patch, $"{WidgetsPath}/scaled/scale", """{ "spec": { "replicas": 7 } }""", "application/merge-patch+json", cancellationToken: Stop);
        patched.Json.Text("spec.replicas").Should().Be("7");
        JsonObject read = await widgets.GetAsync(Key("scaled"), Stop);
        read.Text("spec.replicas").Should().Be("7");
        read.Text("spec.size").Should().Be("1");
    }

    [Test]
    public async Task What_has_no_scale_has_none()
    {
        await Clientset.Resource(TypeOf("gadgets")).CreateAsync(Named("unscaled"), Stop);

        (await GetAsync($"{GadgetsPath}/unscaled/scale")).Code.Should().Be(404);
        (await GetAsync($"{GadgetsPath}/unscaled/status")).Code.Should().Be(404);
    }

    [Test]
    public async Task A_collection_is_deleted_by_its_selector()
    {
        foreach (string name in new[] { "many-a", "many-b" })
            await MapAsync(name, metadata: """ "labels": { "suite": "many" } """);

        await MapAsync("many-c", metadata: """ "labels": { "suite": "few" } """);

        (await Raw.SendAsync(HttpMethod.Delete, $"{MapsPath}?labelSelector=suite%3Dmany", cancellationToken: Stop)).Code.Should().Be(200);

        (await NamesAsync(Maps, Namespace, new ListOptions { LabelSelector = "suite in (many,few)" })).Should().Equal("many-c");
    }

    [Test]
    public async Task A_delete_answers_a_status_or_what_is_left()
    {
        await MapAsync("gone");
        RawAnswer gone = await Raw.SendAsync(HttpMethod.Delete, $"{MapsPath}/gone", cancellationToken: Stop);
        gone.Code.Should().Be(200);
        gone.Json.Text("kind").Should().Be("Status");
        gone.Json.Text("status").Should().Be("Success");
        gone.Json.Text("details.name").Should().Be("gone");

        await MapAsync("held", metadata: """ "finalizers": ["example.com/hold"] """);
        RawAnswer held = await Raw.SendAsync(HttpMethod.Delete, $"{MapsPath}/held", cancellationToken: Stop);
        held.Json.Text("kind").Should().Be("ConfigMap");
        held.Json.At("metadata.deletionTimestamp").Should().NotBeNull();
    }

    [TestCase("propagationPolicy=Sideways")]
    [TestCase("propagationPolicy=Orphan&orphanDependents=true")]
    public async Task A_deletion_s_options_make_sense_or_are_refused(string query)
    {
        await Maps.DeleteIfExistsAsync(Key("options"), null, Stop);
        await MapAsync("options");

        (await Raw.SendAsync(HttpMethod.Delete, $"{MapsPath}/options?{query}", cancellationToken: Stop)).Code.Should().Be(422);
    }

    [TestCase("resourceVersionMatch=NotOlderThan", 422)]
    [TestCase("resourceVersionMatch=Sometimes&resourceVersion=1", 422)]
    [TestCase("resourceVersionMatch=Exact&resourceVersion=0", 422)]
    public async Task A_list_s_options_make_sense_or_are_refused(string query, int code) => (await GetAsync($"{MapsPath}?{query}")).Code.Should().Be(code);

    [Test]
    public async Task A_namespace_in_the_body_must_be_that_of_the_path()
    {
        string body = """{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "elsewhere", "namespace": "default" } }""";

        (await Raw.SendAsync(HttpMethod.Post, MapsPath, body, cancellationToken: Stop)).Code.Should().Be(400);
    }

    [Test]
    public async Task A_name_in_the_body_must_be_that_of_the_path()
    {
        await MapAsync("named");
        string body = """{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "other" } }""";

        (await Raw.SendAsync(HttpMethod.Put, $"{MapsPath}/named", body, cancellationToken: Stop)).Code.Should().Be(400);
    }

    [Test]
    public async Task An_apply_needs_a_manager()
    {
        string body = """{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "unmanaged" } }""";

        RawAnswer answer = await Raw.SendAsync(HttpMethod.Patch, $"{MapsPath}/unmanaged", body, "application/apply-patch+yaml", cancellationToken: Stop);

        answer.Code.Should().Be(422);
        answer.Json["details"]!["causes"]!.AsArray().Should().Contain(static cause => cause.Text("field") == "fieldManager" && cause.Text("reason") == "FieldValueRequired");
    }

    [Test]
    public async Task An_apply_of_fields_that_the_kind_does_not_have_fails()
    {
        string body = $$"""{ "apiVersion": "{{Group}}/v1", "kind": "Widget", "metadata": { "name": "untyped" }, "spec": { "extra": 1 } }""";

        RawAnswer answer = await Raw.SendAsync(HttpMethod.Patch, $"{WidgetsPath}/untyped?fieldManager=one", body, "application/apply-patch+yaml", cancellationToken: Stop);

        answer.Code.Should().Be(500);
        answer.Json.Text("message").Should().Contain("field not declared in schema");
    }

    [Test]
    public async Task Creation_is_201_and_so_is_the_first_apply()
    {
        string body = """{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "codes" } }""";

        (await ApplyAsync()).Code.Should().Be(201);
        (await ApplyAsync()).Code.Should().Be(200);

        Task<RawAnswer> ApplyAsync() => Raw.SendAsync(HttpMethod.Patch, $"{MapsPath}/codes?fieldManager=one", body, "application/apply-patch+yaml", cancellationToken: Stop);
    }

    private RawHttp Raw => ((HttpTarget)Target).Raw;

    private Task<RawAnswer> GetAsync(string path, string? accept = null, string? encoding = null) =>
        Raw.SendAsync(HttpMethod.Get, path, accept: accept, acceptEncoding: encoding, cancellationToken: Stop);

    private static string[] Headings(JsonObject table) => [.. table["columnDefinitions"]!.AsArray().Select(static column => column.Text("name"))];
}
