using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

/// <summary>What clients of any language and curl expect of an API server beyond its verbs.</summary>
public sealed class HttpDetailsTests : ServerFixture
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    [TestCase("/healthz", "ok")]
    [TestCase("/livez", "ok")]
    [TestCase("/readyz", "ok")]
    [TestCase("/readyz/ping", "ok")]
    [TestCase("/livez/etcd", "ok")]
    [TestCase("/healthz?verbose", "[+]ping ok\n[+]log ok\n[+]etcd ok\nhealthz check passed\n")]
    [TestCase("/livez?verbose=true", "[+]ping ok\n[+]log ok\n[+]etcd ok\nlivez check passed\n")]
    [TestCase("/readyz?verbose", "[+]ping ok\n[+]log ok\n[+]etcd ok\n[+]shutdown ok\nreadyz check passed\n")]
    [TestCase("/readyz?verbose&exclude=etcd&exclude=log", "[+]ping ok\n[+]log excluded: ok\n[+]etcd excluded: ok\n[+]shutdown ok\nreadyz check passed\n")]
    [TestCase("/livez?verbose&exclude=none", "[+]ping ok\n[+]log ok\n[+]etcd ok\nwarn: some health checks cannot be excluded: no matches for \"none\"\nlivez check passed\n")]
    public async Task Health_is_told_as_a_whole_and_check_by_check_to_anybody(string path, string expected)
    {
        Http.DefaultRequestHeaders.Authorization = null;

        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().Should().Be("text/plain; charset=utf-8");
        response.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        (await response.Content.ReadAsStringAsync(Cancellation)).Should().Be(expected);
    }

    [TestCase("/readyz/none")]
    [TestCase("/healthz/shutdown")]
    [TestCase("/livez/ping/more")]
    public async Task A_check_that_is_not_there_is_not_found(string path) => await ExpectAsync(HttpStatusCode.NotFound, HttpMethod.Get, path);

    [TestCase("/livez", 200)]
    [TestCase("/version", 200)]
    [TestCase("/api", 200)]
    [TestCase("/openapi/v2", 200)]
    [TestCase("/api/v1/namespaces/default/configmaps", 405)]
    [TestCase("/nowhere", 404)]
    public async Task A_head_has_the_headers_of_a_get_where_there_is_no_resource_and_never_a_body(string path, int code)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Head, path);

        ((int)response.StatusCode).Should().Be(code);
        response.Content.Headers.ContentType.Should().NotBeNull();
        (await response.Content.ReadAsByteArrayAsync(Cancellation)).Should().BeEmpty();
    }

    [TestCase("OPTIONS", "/api", "GET, HEAD")]
    [TestCase("DELETE", "/version", "GET, HEAD")]
    [TestCase("OPTIONS", "/api/v1/configmaps", "GET")]
    [TestCase("HEAD", "/api/v1/namespaces/default/configmaps", "GET, POST, DELETE")]
    [TestCase("POST", "/api/v1/namespaces/default/configmaps/c", "GET, PUT, PATCH, DELETE")]
    [TestCase("DELETE", "/api/v1/namespaces/default/status", "GET, PUT, PATCH")]
    [TestCase("PUT", "/api/v1/nodes", "GET, POST, DELETE")]
    [TestCase("GET", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "POST")]
    public async Task A_method_that_is_not_allowed_is_told_what_is(string method, string path, string allowed)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Parse(method), path);

        response.StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
        string.Join(", ", response.Content.Headers.Allow).Should().Be(allowed);
        response.Headers.CacheControl!.ToString().Should().Be("no-cache, private");
    }

    [Test]
    public async Task A_preflight_of_a_browser_gets_no_leave()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/v1/namespaces/default/configmaps");
        request.Headers.TryAddWithoutValidation("Origin", "https://evil.example.com");
        request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "POST");
        Http.DefaultRequestHeaders.Authorization = null;

        using HttpResponseMessage response = await Http.SendAsync(request, Cancellation);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        response.Headers.Should().NotContain(static header => header.Key.StartsWith("Access-Control"));
    }

    [Test]
    public async Task Query_parameters_that_nobody_knows_are_ignored()
    {
        await CreateAsync($"{Demo.WidgetsPath}?pretty=true&whatever=1", Demo.Widget("w"));

        (await GetAsync($"{Demo.WidgetsPath}?pretty=false&whatever=&_=42")).GetProperty("items").GetArrayLength().Should().Be(1);
        await MergeAsync($"{Demo.WidgetsPath}/w?x=y", """{"spec":{"size":2}}""");
    }

    [TestCase("application/json;as=Table;v=v1;g=meta.k8s.io", "Table", "meta.k8s.io/v1")]
    [TestCase("application/json; as=Table; g=meta.k8s.io; v=v1", "Table", "meta.k8s.io/v1")]
    [TestCase("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", "PartialObjectMetadata", "meta.k8s.io/v1")]
    [TestCase("application/vnd.kubernetes.protobuf,application/json", "Widget", "demo.example.com/v1")]
    [TestCase("*/*", "Widget", "demo.example.com/v1")]
    [TestCase("application/yaml, application/json;q=0.5", "Widget", "demo.example.com/v1")]
    public async Task An_object_is_shown_as_its_reader_wants_it(string accept, string kind, string apiVersion)
    {
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("w"));

        JsonElement shown = await GetAsync($"{Demo.WidgetsPath}/w", accept);

        (shown.GetProperty("kind").GetString(), shown.GetProperty("apiVersion").GetString()).Should().Be((kind, apiVersion));
    }

    [Test]
    public async Task Small_answers_and_watches_are_never_compressed()
    {
        for (int i = 0; i < 3; i++)
            await CreateAsync(Demo.WidgetsPath, $$"""{"metadata":{"name":"w{{i}}"},"spec":{"note":"{{new string('x', 60_000)}}"} }""");

        using HttpResponseMessage small = await AskForGzipAsync($"{Demo.WidgetsPath}/w0"), watch = await AskForGzipAsync($"{Demo.WidgetsPath}?watch=true&timeoutSeconds=1"), large = await AskForGzipAsync(Demo.WidgetsPath);

        small.Content.Headers.ContentEncoding.Should().BeEmpty();
        watch.Content.Headers.ContentEncoding.Should().BeEmpty();
        large.Content.Headers.ContentEncoding.Should().Equal("gzip");
        large.Headers.Vary.Should().Equal("Accept-Encoding");
        string[] lines = (await watch.Content.ReadAsStringAsync(Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Should().HaveCount(3).And.OnlyContain(static line => line.StartsWith("{\"type\":\"ADDED\""), "more than 128 KiB in all");
    }

    [TestCase("gzip;q=0")]
    [TestCase("identity")]
    [TestCase("br, deflate")]
    public async Task Who_does_not_take_gzip_gets_none(string encodings)
    {
        for (int i = 0; i < 3; i++)
            await CreateAsync(Demo.WidgetsPath, $$"""{"metadata":{"name":"w{{i}}"},"spec":{"note":"{{new string('x', 60_000)}}"} }""");

        using HttpResponseMessage response = await AskForGzipAsync(Demo.WidgetsPath, encodings);

        response.Content.Headers.ContentEncoding.Should().BeEmpty();
    }

    [Test]
    public async Task All_groups_are_told_at_once_to_those_who_understand_it()
    {
        JsonElement core = await GetAggregatedAsync("/api"), groups = await GetAggregatedAsync("/apis");

        core.GetProperty("items").GetArrayLength().Should().Be(1);
        core.GetProperty("items")[0].GetProperty("metadata").TryGetProperty("name", out _).Should().BeFalse("the core group has no name");
        JsonElement demo = groups.GetProperty("items").EnumerateArray().Single(static group => group.GetProperty("metadata").GetProperty("name").GetString() == "demo.example.com");
        JsonElement version = demo.GetProperty("versions")[0];
        version.GetProperty("version").GetString().Should().Be("v1");
        JsonElement widgets = version.GetProperty("resources").EnumerateArray().Single(static one => one.GetProperty("resource").GetString() == "widgets");
        widgets.GetProperty("responseKind").GetRawText().Should().Be("""{"group":"demo.example.com","version":"v1","kind":"Widget"}""");
        widgets.GetProperty("scope").GetString().Should().Be("Namespaced");
        widgets.GetProperty("shortNames")[0].GetString().Should().Be("wd");
        widgets.GetProperty("verbs").EnumerateArray().Select(static verb => verb.GetString()).Should().Contain(["list", "watch", "patch"]);
        widgets.GetProperty("subresources").EnumerateArray().Single().GetProperty("subresource").GetString().Should().Be("status");

        async Task<JsonElement> GetAggregatedAsync(string path)
        {
            using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path, accept: $"{Aggregated},application/json");
            response.Content.Headers.GetValues("Content-Type").Single().Replace(" ", string.Empty).Should().Be(Aggregated, "clients tell it from a plain answer by that");
            return JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        }
    }

    [TestCase("application/json", "APIGroupList")]
    [TestCase("application/json,application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", "APIGroupList")]
    [TestCase("application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList,application/json", "APIGroupList")]
    [TestCase("application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json", "APIGroupDiscoveryList")]
    public async Task Discovery_is_told_in_the_first_form_that_the_client_takes(string accept, string kind)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, "/apis", accept: accept);

        JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation)).GetProperty("kind").GetString().Should().Be(kind);
    }

    [Test]
    public async Task Openapi_v2_describes_each_kind_and_refers_only_to_what_it_has()
    {
        JsonElement document = await GetAsync("/openapi/v2");

        JsonElement definitions = document.GetProperty("definitions");
        JsonElement widget = definitions.GetProperty("com.example.demo.v1.Widget");
        widget.GetProperty("x-kubernetes-group-version-kind")[0].GetProperty("kind").GetString().Should().Be("Widget");
        widget.GetProperty("properties").GetProperty("status").GetProperty("type").GetString().Should().Be("object");
        definitions.GetProperty("io.k8s.api.core.v1.ConfigMap").GetProperty("properties").GetProperty("data").GetProperty("additionalProperties").GetProperty("type").GetString().Should().Be("string");
        string[] references = [.. Regex.Matches(document.GetRawText(), "\"#/definitions/([^\"]+)\"").Select(static match => match.Groups[1].Value).Distinct()];
        references.Should().NotBeEmpty().And.BeSubsetOf(definitions.EnumerateObject().Select(static one => one.Name));
    }

    [Test]
    public async Task An_access_review_is_answered_and_not_kept()
    {
        const string path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

        JsonElement answer = await CreateAsync(path, """{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"verb":"create","resource":"pods"}}}""");

        answer.GetProperty("status").GetProperty("allowed").GetBoolean().Should().BeTrue();
        answer.GetProperty("spec").GetProperty("resourceAttributes").GetProperty("verb").GetString().Should().Be("create");
        foreach (string spec in new[] { "{}", "\"x\"", """{"resourceAttributes":{},"nonResourceAttributes":{}}""" })
            (await ExpectAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Post, path, $$"""{"spec":{{spec}} }""")).GetProperty("message").GetString().Should().Contain("exactly one of");

        await ExpectAsync(HttpStatusCode.BadRequest, HttpMethod.Post, path);
        await ExpectAsync(HttpStatusCode.MethodNotAllowed, HttpMethod.Get, $"{path}/x");
    }

    [Test]
    public async Task A_server_that_stops_is_alive_but_not_ready()
    {
        using var stopping = new CancellationTokenSource();
        var handler = new BuildController.Host.Server.ApiRequestHandler(Cluster, "t", BuildController.Informers.Execution.OperatorRuntime.Default, stopping.Token);
        stopping.Cancel();

        (await AskAsync("/livez")).Should().Be((200, "ok"));
        (await AskAsync("/readyz")).Should().Be((500, "[+]ping ok\n[+]log ok\n[+]etcd ok\n[-]shutdown failed: reason withheld\nreadyz check failed\n"));
        (await AskAsync("/readyz/shutdown")).Should().Be((500, "internal server error: shutdown failed\n"));

        async Task<(int, string)> AskAsync(string path)
        {
            using var body = new MemoryStream();
            var context = new Microsoft.AspNetCore.Http.DefaultHttpContext { Response = { Body = body } };
            (context.Request.Method, context.Request.Path) = ("GET", path);
            await handler.HandleAsync(context);
            return (context.Response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray()));
        }
    }

    private Task<HttpResponseMessage> AskForGzipAsync(string path, string encodings = "gzip")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", encodings);
        return Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }
}
