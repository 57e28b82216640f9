using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

public sealed class ResourceVerbTests : ServerFixture
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    [Test]
    public async Task An_object_is_created_read_replaced_and_deleted()
    {
        JsonElement created = await CreateAsync(ConfigMaps, Demo.ConfigMap("c", """{"a":"1"}"""));
        created.GetProperty("metadata").GetProperty("uid").GetString().Should().NotBeEmpty();
        created.GetProperty("kind").GetString().Should().Be("ConfigMap");

        JsonElement read = await GetAsync($"{ConfigMaps}/c");
        read.GetRawText().Should().Be(created.GetRawText());

        string version = read.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;
        JsonElement replaced = await ExpectAsync(HttpStatusCode.OK, HttpMethod.Put, $"{ConfigMaps}/c", Demo.ConfigMap("c", """{"a":"2"}""", $",\"resourceVersion\":\"{version}\""));
        replaced.GetProperty("data").GetProperty("a").GetString().Should().Be("2");

        JsonElement deleted = await ExpectAsync(HttpStatusCode.OK, HttpMethod.Delete, $"{ConfigMaps}/c");
        deleted.GetProperty("status").GetString().Should().Be("Success");
        deleted.GetProperty("details").GetProperty("kind").GetString().Should().Be("configmaps");
        deleted.GetProperty("details").GetProperty("uid").GetString().Should().Be(created.GetProperty("metadata").GetProperty("uid").GetString());
        (await ExpectAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"{ConfigMaps}/c")).GetProperty("details").GetProperty("name").GetString().Should().Be("c");
    }

    [Test]
    public async Task A_list_has_its_kind_its_version_and_the_objects_of_the_namespace()
    {
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("b"));
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("a"));
        await CreateAsync("/apis/demo.example.com/v1/namespaces/kube-system/widgets", Demo.Widget("c"));

        JsonElement list = await GetAsync(Demo.WidgetsPath);
        JsonElement everywhere = await GetAsync("/apis/demo.example.com/v1/widgets");

        list.GetProperty("kind").GetString().Should().Be("WidgetList");
        list.GetProperty("apiVersion").GetString().Should().Be("demo.example.com/v1");
        list.GetProperty("metadata").GetProperty("resourceVersion").GetString().Should().NotBeEmpty();
        Names(list).Should().Equal("a", "b");
        Names(everywhere).Should().Equal("a", "b", "c");
        list.GetProperty("items")[0].GetProperty("kind").GetString().Should().Be("Widget");
    }

    [Test]
    public async Task An_empty_list_has_an_empty_array_of_items() =>
        (await GetAsync(Demo.WidgetsPath)).GetProperty("items").GetArrayLength().Should().Be(0);

    [Test]
    public async Task Pages_follow_each_other_by_their_tokens()
    {
        foreach (string name in new[] { "a", "b", "c" })
            await CreateAsync(Demo.WidgetsPath, Demo.Widget(name));

        JsonElement first = await GetAsync($"{Demo.WidgetsPath}?limit=2");
        string next = first.GetProperty("metadata").GetProperty("continue").GetString()!;
        JsonElement second = await GetAsync($"{Demo.WidgetsPath}?limit=2&continue={Uri.EscapeDataString(next)}");

        Names(first).Should().Equal("a", "b");
        first.GetProperty("metadata").GetProperty("remainingItemCount").GetInt32().Should().Be(1);
        Names(second).Should().Equal("c");
        second.GetProperty("metadata").TryGetProperty("continue", out _).Should().BeFalse();
    }

    [Test]
    public async Task Selectors_select()
    {
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("a", extraMetadata: ""","labels":{"tier":"gold"}"""));
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("b"));

        Names(await GetAsync($"{Demo.WidgetsPath}?labelSelector=tier%3Dgold")).Should().Equal("a");
        Names(await GetAsync($"{Demo.WidgetsPath}?fieldSelector=metadata.name%3Db")).Should().Equal("b");
        await ExpectAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"{Demo.WidgetsPath}?labelSelector=a%20b");
    }

    [Test]
    public async Task Patches_of_each_kind_are_applied()
    {
        await CreateAsync(ConfigMaps, Demo.ConfigMap("c", """{"a":"1"}"""));
        string path = $"{ConfigMaps}/c";

        Data(await MergeAsync(path, """{"data":{"b":"2"}}""")).Should().Be("""{"a":"1","b":"2"}""");
        Data(await ExpectAsync(HttpStatusCode.OK, HttpMethod.Patch, path, """[{"op":"remove","path":"/data/a"}]""", "application/json-patch+json")).Should().Be("""{"b":"2"}""");
        Data(await ExpectAsync(HttpStatusCode.OK, HttpMethod.Patch, path, """{"data":{"c":"3"}}""", "application/strategic-merge-patch+json; charset=utf-8")).Should().Be("""{"b":"2","c":"3"}""");
    }

    [Test]
    public async Task Server_side_apply_takes_yaml_creates_and_then_changes()
    {
        const string yaml = """
            # A comment, so that this is YAML and nothing else.
            apiVersion: demo.example.com/v1
            kind: Widget
            metadata:
              name: w
            spec:
              size: 3
            """;
        string path = $"{Demo.WidgetsPath}/w?fieldManager=me";

        JsonElement created = await ExpectAsync(HttpStatusCode.Created, HttpMethod.Patch, path, yaml, "application/apply-patch+yaml");
        JsonElement changed = await ExpectAsync(HttpStatusCode.OK, HttpMethod.Patch, path, yaml.Replace("3", "4", StringComparison.Ordinal), "application/apply-patch+yaml");

        created.GetProperty("spec").GetProperty("size").GetInt32().Should().Be(3);
        changed.GetProperty("spec").GetProperty("size").GetInt32().Should().Be(4);
    }

    [Test]
    public async Task Server_side_apply_must_say_who_applies_and_only_it_may_force()
    {
        JsonElement unnamed = await ExpectAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Patch, $"{Demo.WidgetsPath}/w", Demo.Widget("w"), "application/apply-patch+yaml");
        JsonElement forced = await ExpectAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Patch, $"{Demo.WidgetsPath}/w?force=true", "{}", MergePatch);

        unnamed.GetProperty("details").GetProperty("causes")[0].GetProperty("field").GetString().Should().Be("fieldManager");
        forced.GetProperty("details").GetProperty("causes")[0].GetProperty("field").GetString().Should().Be("force");
    }

    [Test]
    public async Task The_status_is_written_by_its_own_path_alone()
    {
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("w"));
        string path = $"{Demo.WidgetsPath}/w";

        (await MergeAsync(path, """{"status":{"ready":true}}""")).TryGetProperty("status", out _).Should().BeFalse();
        (await MergeAsync($"{path}/status", """{"status":{"ready":true},"spec":{"size":9}}""")).GetProperty("spec").GetProperty("size").GetInt32().Should().Be(1);
        JsonElement read = await GetAsync($"{path}/status");
        read.GetProperty("status").GetProperty("ready").GetBoolean().Should().BeTrue();
        string whole = read.GetRawText().Replace("true", "false", StringComparison.Ordinal);
        (await ExpectAsync(HttpStatusCode.OK, HttpMethod.Put, $"{path}/status", whole)).GetProperty("status").GetProperty("ready").GetBoolean().Should().BeFalse();
        await ExpectAsync(HttpStatusCode.MethodNotAllowed, HttpMethod.Delete, $"{path}/status");
        await ExpectAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/apis/demo.example.com/v1/machines/m/status");
    }

    [Test]
    public async Task A_dry_run_answers_as_the_write_would_and_keeps_nothing()
    {
        await ExpectAsync(HttpStatusCode.Created, HttpMethod.Post, $"{ConfigMaps}?dryRun=All", Demo.ConfigMap("c"));
        await ExpectAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"{ConfigMaps}/c");
        await CreateAsync(ConfigMaps, Demo.ConfigMap("c"));

        (await MergeAsync($"{ConfigMaps}/c?dryRun=All", """{"data":{"a":"1"}}""")).GetProperty("data").GetProperty("a").GetString().Should().Be("1");
        await ExpectAsync(HttpStatusCode.OK, HttpMethod.Delete, $"{ConfigMaps}/c?dryRun=All");
        await ExpectAsync(HttpStatusCode.OK, HttpMethod.Delete, $"{ConfigMaps}/c", """{"dryRun":["All"]}""");
        await ExpectAsync(HttpStatusCode.Conflict, HttpMethod.Delete, $"{ConfigMaps}/c", """{"dryRun":["All"],"preconditions":{"uid":"other"}}""");

        (await GetAsync($"{ConfigMaps}/c")).TryGetProperty("data", out JsonElement data);
        data.ToString().Should().NotContain("1");
        await ExpectAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Post, $"{ConfigMaps}?dryRun=Some", Demo.ConfigMap("d"));
    }

    [Test]
    public async Task A_delete_of_an_object_with_a_finalizer_answers_the_object_that_stays()
    {
        await CreateAsync(ConfigMaps, Demo.ConfigMap("c", extraMetadata: ""","finalizers":["example.com/hold"]"""));

        JsonElement staying = await ExpectAsync(HttpStatusCode.OK, HttpMethod.Delete, $"{ConfigMaps}/c",
            """{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":0,"propagationPolicy":"Background"}""");

        staying.GetProperty("kind").GetString().Should().Be("ConfigMap");
        staying.GetProperty("metadata").GetProperty("deletionTimestamp").GetString().Should().NotBeEmpty();
    }

    [Test]
    public async Task A_delete_keeps_its_preconditions()
    {
        JsonElement created = await CreateAsync(ConfigMaps, Demo.ConfigMap("c"));
        string uid = created.GetProperty("metadata").GetProperty("uid").GetString()!;

        await ExpectAsync(HttpStatusCode.Conflict, HttpMethod.Delete, $"{ConfigMaps}/c", """{"preconditions":{"uid":"other"}}""");
        await ExpectAsync(HttpStatusCode.OK, HttpMethod.Delete, $"{ConfigMaps}/c", $$$"""{"preconditions":{"uid":"{{{uid}}}"}}""");
        await ExpectAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Delete, $"{ConfigMaps}/c?propagationPolicy=Sideways");
        await ExpectAsync(HttpStatusCode.BadRequest, HttpMethod.Delete, $"{ConfigMaps}/c?gracePeriodSeconds=soon");
        await ExpectAsync(HttpStatusCode.BadRequest, HttpMethod.Delete, $"{ConfigMaps}/c", """{"gracePeriodSeconds":"soon"}""");
    }

    [Test]
    public async Task A_collection_is_deleted_by_selector()
    {
        await CreateAsync(ConfigMaps, Demo.ConfigMap("a", extraMetadata: ""","labels":{"x":"y"}"""));
        await CreateAsync(ConfigMaps, Demo.ConfigMap("b"));

        await ExpectAsync(HttpStatusCode.OK, HttpMethod.Delete, $"{ConfigMaps}?labelSelector=x%3Dy");

        Names(await GetAsync(ConfigMaps)).Should().Contain("b").And.NotContain("a");
    }

    [Test]
    public async Task Conflicts_and_duplicates_are_told_apart()
    {
        await CreateAsync(ConfigMaps, Demo.ConfigMap("c"));

        (await ExpectAsync(HttpStatusCode.Conflict, HttpMethod.Post, ConfigMaps, Demo.ConfigMap("c"))).GetProperty("reason").GetString().Should().Be("AlreadyExists");
        (await ExpectAsync(HttpStatusCode.Conflict, HttpMethod.Put, $"{ConfigMaps}/c", Demo.ConfigMap("c", extraMetadata: ",\"resourceVersion\":\"1\""))).GetProperty("reason").GetString().Should().Be("Conflict");
    }

    [Test]
    public async Task Cluster_scoped_objects_live_beside_the_namespaces()
    {
        await CreateAsync("/apis/demo.example.com/v1/machines", """{"apiVersion":"demo.example.com/v1","kind":"Machine","metadata":{"name":"m"}}""");

        (await GetAsync("/apis/demo.example.com/v1/machines/m")).GetProperty("metadata").TryGetProperty("namespace", out _).Should().BeFalse();
        await ExpectAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/apis/demo.example.com/v1/namespaces/default/machines");
        await ExpectAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/apis/demo.example.com/v1/widgets/w");
        await ExpectAsync(HttpStatusCode.MethodNotAllowed, HttpMethod.Post, "/apis/demo.example.com/v1/widgets", Demo.Widget("w"));
    }

    [TestCase("""{"a":""", "application/json", 400, TestName = "Malformed_json_is_a_bad_request")]
    [TestCase("""{"a":1,"a":2}""", "application/json", 400, TestName = "A_member_given_twice_is_a_bad_request")]
    [TestCase("[]", "application/json", 400, TestName = "A_body_that_is_no_object_is_a_bad_request")]
    [TestCase("", "application/json", 400, TestName = "A_missing_body_is_a_bad_request")]
    [TestCase("a: [", "application/yaml", 400, TestName = "Malformed_yaml_is_a_bad_request")]
    [TestCase("k8s\0\n\t\n\u0002v1\u0012\u0003Pod", "application/vnd.kubernetes.protobuf", 415, TestName = "Protobuf_of_a_kind_that_is_not_understood_is_an_unsupported_media_type")]
    [TestCase("nonsense", "application/vnd.kubernetes.protobuf", 400, TestName = "Malformed_protobuf_is_a_bad_request")]
    [TestCase("\u00d9\u00d9", "application/cbor", 415, TestName = "Cbor_is_an_unsupported_media_type")]
    [TestCase("{}", "nonsense", 400, TestName = "A_malformed_content_type_is_a_bad_request")]
    public async Task Bodies_that_cannot_be_read_are_refused_with_a_status(string body, string contentType, int code) =>
        (await ExpectAsync((HttpStatusCode)code, HttpMethod.Post, ConfigMaps, body, contentType)).GetProperty("kind").GetString().Should().Be("Status");

    [Test]
    public async Task Yaml_creates_as_json_does()
    {
        JsonElement created = await ExpectAsync(HttpStatusCode.Created, HttpMethod.Post, ConfigMaps, "kind: ConfigMap\napiVersion: v1\nmetadata: {name: y}\ndata: {a: \"1\"}\n", "application/yaml");

        Data(created).Should().Be("""{"a":"1"}""");
    }

    [Test]
    public async Task A_patch_of_an_unknown_kind_is_an_unsupported_media_type() =>
        await ExpectAsync(HttpStatusCode.UnsupportedMediaType, HttpMethod.Patch, $"{ConfigMaps}/c", "{}", "application/json");

    [TestCase(true, "1.1")]
    [TestCase(false, "1.1")]
    [TestCase(true, "2.0")]
    [TestCase(false, "2.0")]
    public async Task A_body_that_is_too_large_is_refused_with_the_limit(bool hasLength, string version)
    {
        string body = Demo.ConfigMap("c", $$"""{"a":"{{new string('x', 4 << 20)}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, ConfigMaps)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TransferEncodingChunked = hasLength ? null : true;

        using HttpResponseMessage response = await Http.SendAsync(request, Cancellation);

        response.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        var status = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation));

        status.GetProperty("reason").GetString().Should().Be("RequestEntityTooLarge");
        status.GetProperty("message").GetString().Should().Contain("3145728");
    }

    [TestCase("1.1")]
    [TestCase("2.0")]
    public async Task A_body_just_under_the_limit_is_taken(string version)
    {
        string note = new('x', 1_400_000), padding = new(' ', 1_500_000);
        using var request = new HttpRequestMessage(HttpMethod.Post, Demo.WidgetsPath)
        {
            Content = new StringContent($$"""{"metadata":{"name":"w"},"spec":{{padding}}{"note":"{{note}}"} }""", Encoding.UTF8, "application/json"),
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using HttpResponseMessage response = await Http.SendAsync(request, Cancellation);

        response.StatusCode.Should().Be(HttpStatusCode.Created);
        (await GetAsync($"{Demo.WidgetsPath}/w")).GetProperty("spec").GetProperty("note").GetString().Should().Be(note);
    }

    [Test]
    public async Task A_large_list_is_compressed_for_clients_that_take_it()
    {
        for (int i = 0; i < 4; i++)
            await CreateAsync(ConfigMaps, Demo.ConfigMap($"c{i}", $$"""{"a":"{{new string('x', 60_000)}}"}"""));

        using var request = new HttpRequestMessage(HttpMethod.Get, ConfigMaps);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "deflate, gzip");
        using HttpResponseMessage response = await Http.SendAsync(request, Cancellation);
        await using Stream body = await response.Content.ReadAsStreamAsync(Cancellation);
        await using var plain = new GZipStream(body, CompressionMode.Decompress);
        using JsonDocument list = await JsonDocument.ParseAsync(plain, cancellationToken: Cancellation);
        using HttpResponseMessage uncompressed = await SendAsync(HttpMethod.Get, ConfigMaps);

        response.Content.Headers.ContentEncoding.Should().Equal("gzip");
        Names(list.RootElement).Should().Contain(["c0", "c1", "c2", "c3"]);
        uncompressed.Content.Headers.ContentEncoding.Should().BeEmpty();
        uncompressed.Content.Headers.ContentLength.Should().BeGreaterThan(240_000);
    }

    [Test]
    public async Task Metadata_alone_is_served_to_those_who_ask()
    {
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("w"));

        JsonElement one = await GetAsync($"{Demo.WidgetsPath}/w", MetadataAccept);
        JsonElement list = await GetAsync(Demo.WidgetsPath, "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");

        one.GetProperty("kind").GetString().Should().Be("PartialObjectMetadata");
        one.TryGetProperty("spec", out _).Should().BeFalse();
        one.GetProperty("metadata").GetProperty("name").GetString().Should().Be("w");
        list.GetProperty("kind").GetString().Should().Be("PartialObjectMetadataList");
        Names(list).Should().Equal("w");
        list.GetProperty("items")[0].TryGetProperty("spec", out _).Should().BeFalse();
    }

    [TestCase("resourceVersionMatch=Exact", 422)]
    [TestCase("resourceVersionMatch=Exact&resourceVersion=0", 422)]
    [TestCase("resourceVersionMatch=Newest&resourceVersion=1", 422)]
    [TestCase("resourceVersionMatch=Exact&resourceVersion=1", 410)]
    [TestCase("sendInitialEvents=true", 422)]
    [TestCase("limit=many", 400)]
    [TestCase("continue=nonsense", 400)]
    public async Task List_options_that_make_no_sense_are_refused(string query, int code) =>
        await ExpectAsync((HttpStatusCode)code, HttpMethod.Get, $"{Demo.WidgetsPath}?{query}");

    [Test]
    public async Task An_exact_version_is_shown_while_it_is_the_newest()
    {
        string version = (await GetAsync(Demo.WidgetsPath)).GetProperty("metadata").GetProperty("resourceVersion").GetString()!;

        Names(await GetAsync($"{Demo.WidgetsPath}?resourceVersionMatch=Exact&resourceVersion={version}")).Should().BeEmpty();
    }

    [Test]
    public async Task What_is_not_served_is_not_found_not_allowed_or_not_acceptable()
    {
        JsonElement log = await ExpectAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/api/v1/namespaces/default/pods/p/log");
        log.GetProperty("message").GetString().Should().Contain("has no log");
        await ExpectAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/api/v1/namespaces/default/pods/p/exec");
        await ExpectAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/api/v1/namespaces/default/gadgets");
        await ExpectAsync(HttpStatusCode.MethodNotAllowed, HttpMethod.Post, "/api");
        await ExpectAsync(HttpStatusCode.MethodNotAllowed, HttpMethod.Put, ConfigMaps, "{}");
        await ExpectAsync(HttpStatusCode.NotAcceptable, HttpMethod.Get, ConfigMaps, accept: "application/vnd.kubernetes.protobuf");
    }

    private static string Data(JsonElement configMap) => configMap.GetProperty("data").GetRawText();

    private static IEnumerable<string?> Names(JsonElement list) =>
        list.GetProperty("items").EnumerateArray().Select(static item => item.GetProperty("metadata").GetProperty("name").GetString());
}
