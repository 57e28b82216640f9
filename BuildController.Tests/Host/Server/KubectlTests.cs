using System.Diagnostics;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

/// <summary>What people do with kubectl, done with the real one.</summary>
public sealed class KubectlTests : KubectlFixture
{
    [Test]
    public async Task Api_resources_lists_what_is_registered()
    {
        string[] lines = Lines(await Kubectl.RunAsync("api-resources"));

        lines.Should().ContainSingle(static line => line.StartsWith("configmaps ")).Which.Should().Contain(" cm ").And.Contain("v1").And.EndWith("ConfigMap");
        lines.Should().ContainSingle(static line => line.StartsWith("widgets ")).Which.Should().Contain(" wd ").And.Contain("demo.example.com/v1").And.EndWith("Widget");
        Words(await Kubectl.RunAsync("api-resources --api-group demo.example.com --namespaced=false -o name")).Should().Equal("machines.demo.example.com");
    }

    [Test]
    public async Task Version_shows_the_servers() =>
        (await Kubectl.RunAsync("version")).Should().MatchRegex("Server Version: .*v1\\.32\\.0\\+buildcontroller");

    [Test]
    public async Task Apply_creates_then_leaves_alone_then_changes()
    {
        (await Kubectl.RunAsync("apply -f -", Manifests)).Should().Be("configmap/c created\nwidget.demo.example.com/w created\n");
        (await Kubectl.RunAsync("apply -f -", Manifests)).Should().Be("configmap/c unchanged\nwidget.demo.example.com/w unchanged\n");
        (await Kubectl.RunAsync("apply -f -", Manifests.Replace("a: \"1\"", "b: \"2\"").Replace("size: 3", "size: 4")))
            .Should().Be("configmap/c configured\nwidget.demo.example.com/w configured\n");

        (await Kubectl.RunAsync("get cm c -o jsonpath={.data}")).Should().Be("""{"b":"2"}""");
        (await Kubectl.RunAsync("get wd w -o jsonpath={.spec.size}")).Should().Be("4");
        (await Kubectl.RunAsync("apply -f - --dry-run=server", Manifests)).Should().Contain("configmap/c configured (server dry run)");
        (await Kubectl.RunAsync("get wd w -o jsonpath={.spec.size}")).Should().Be("4");
    }

    [Test]
    public async Task Apply_on_the_server_side_creates_and_changes()
    {
        (await Kubectl.RunAsync("apply --server-side -f -", Manifests)).Should().Be("configmap/c serverside-applied\nwidget.demo.example.com/w serverside-applied\n");
        await Kubectl.RunAsync("apply --server-side -f -", Manifests.Replace("size: 3", "size: 4"));

        (await Kubectl.RunAsync("get wd w -o jsonpath={.spec.size}")).Should().Be("4");
    }

    [Test]
    public async Task Get_prints_tables_of_one_kind_of_several_and_of_a_category()
    {
        await Kubectl.RunAsync("apply -f -", Manifests);

        string[] widgets = Lines(await Kubectl.RunAsync("get widgets"));
        Words(widgets[0]).Should().Equal("NAME", "SIZE", "READY", "AGE");
        Words(widgets[1])[..2].Should().Equal("w", "3");
        Words(Lines(await Kubectl.RunAsync("get widgets -o wide"))[0]).Should().Equal("NAME", "SIZE", "READY", "NOTE", "AGE");
        Words(Lines(await Kubectl.RunAsync("get cm c"))[0]).Should().Equal("NAME", "DATA", "AGE");
        (await Kubectl.RunAsync("get cm/c wd/w")).Should().Contain("configmap/c").And.Contain("widget.demo.example.com/w");
        (await Kubectl.RunAsync("get all")).Should().Contain("widget.demo.example.com/w");
        Words(Lines(await Kubectl.RunAsync("get ns"))[0]).Should().Equal("NAME", "STATUS", "AGE");
        Words(Lines(await Kubectl.RunAsync("get widgets -A --sort-by=.spec.size"))[1])[..3].Should().Equal("default", "w", "3");
        (await Kubectl.TryAsync("get widget none")).Error.Should().Contain("""Error from server (NotFound): widgets.demo.example.com "none" not found""");
    }

    [Test]
    public async Task Get_prints_yaml_and_json()
    {
        await Kubectl.RunAsync("apply -f -", Manifests);

        (await Kubectl.RunAsync("get widget w -o yaml")).Should().StartWith("apiVersion: demo.example.com/v1\nkind: Widget\n").And.Contain("\n  size: 3\n");
        var list = JsonElement.Parse(await Kubectl.RunAsync("get widgets -o json"));
        list.GetProperty("kind").GetString().Should().Be("List");
        list.GetProperty("items")[0].GetProperty("kind").GetString().Should().Be("Widget");
    }

    [Test]
    public async Task Get_watches_and_prints_a_row_for_each_change()
    {
        await Kubectl.RunAsync("apply -f -", Manifests);
        using Process watch = Kubectl.Start("get widgets --watch");
        try
        {
            Words((await watch.StandardOutput.ReadLineAsync(Cancellation))!).Should().Equal("NAME", "SIZE", "READY", "AGE");
            Words((await watch.StandardOutput.ReadLineAsync(Cancellation))!)[..2].Should().Equal("w", "3");

            await Kubectl.RunAsync("patch widget w --type merge -p {\"spec\":{\"size\":7}}");

            Words((await watch.StandardOutput.ReadLineAsync(Cancellation))!)[..2].Should().Equal("w", "7");
        }
        finally
        {
            watch.Kill();
        }
    }

    [Test]
    public async Task Annotations_and_labels_are_set_and_removed()
    {
        await Kubectl.RunAsync("apply -f -", Manifests);

        await Kubectl.RunAsync("annotate widget w demo.example.com/rebuild=now");
        await Kubectl.RunAsync("label widget w tier=gold");
        (await Kubectl.RunAsync("get widgets -l tier=gold -o name")).Should().Be("widget.demo.example.com/w\n");
        (await Kubectl.RunAsync(@"get widget w -o jsonpath={.metadata.annotations.demo\.example\.com/rebuild}")).Should().Be("now");

        await Kubectl.RunAsync("annotate widget w demo.example.com/rebuild-");
        await Kubectl.RunAsync("label widget w tier-");
        (await Kubectl.RunAsync("get widgets -l tier -o name")).Should().BeEmpty();
    }

    [Test]
    public async Task Describe_tells_of_objects_and_their_events()
    {
        await Kubectl.RunAsync("apply -f -", Manifests);
        string uid = await Kubectl.RunAsync("get widget w -o jsonpath={.metadata.uid}");
        await Kubectl.RunAsync("create -f -", $$"""
            apiVersion: v1
            kind: Event
            metadata: {name: w.1, namespace: default}
            involvedObject: {apiVersion: demo.example.com/v1, kind: Widget, name: w, namespace: default, uid: {{uid}}}
            type: Normal
            reason: Polished
            message: It shines.
            firstTimestamp: "2024-01-01T00:00:00Z"
            lastTimestamp: "2024-01-01T00:00:00Z"
            source: {component: tests}
            """);

        (await Kubectl.RunAsync("describe widget w")).Should().Contain("Kind:         Widget").And.Contain("Polished").And.Contain("It shines.");
        (await Kubectl.RunAsync("describe configmap c")).Should().Contain("Name:         c").And.Contain("Data");
        (await Kubectl.RunAsync("get events")).Should().Contain("Polished").And.Contain("widget/w");
    }

    [Test]
    public async Task Create_makes_core_kinds_from_arguments_and_any_kind_from_files()
    {
        await Kubectl.RunAsync("create namespace other");
        await Kubectl.RunAsync("create configmap d -n other --from-literal=x=y");
        await Kubectl.RunAsync("create secret generic s -n other --from-literal=password=hidden");
        await Kubectl.RunAsync("create serviceaccount sa -n other");
        await Kubectl.RunAsync("create -n other -f -", Manifests);

        (await Kubectl.RunAsync("get configmap d -n other -o jsonpath={.data.x}")).Should().Be("y");
        (await Kubectl.RunAsync("get secret s -n other -o jsonpath={.data.password}")).Should().Be("aGlkZGVu");
        (await Kubectl.RunAsync("get widgets -n other -o name")).Should().Be("widget.demo.example.com/w\n");
        (await Kubectl.TryAsync("create namespace other")).Error.Should().Contain("AlreadyExists");
    }

    [Test]
    public async Task Delete_waits_until_the_object_is_gone()
    {
        await Kubectl.RunAsync("apply -f -", Manifests);
        (await Kubectl.RunAsync("delete configmap c")).Should().StartWith("configmap \"c\" deleted");
        (await Kubectl.TryAsync("get configmap c")).Code.Should().NotBe(0);

        await Kubectl.RunAsync("patch widget w --type merge -p {\"metadata\":{\"finalizers\":[\"demo.example.com/hold\"]}}");
        Task<string> waiting = Kubectl.RunAsync("delete widget w --wait");
        using (HttpResponseMessage response = await Http.GetAsync(new Uri($"{Demo.WidgetsPath}?watch=true&fieldSelector=metadata.name%3Dw", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation))
        using (var events = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation)))
        {
            while (!(await events.ReadLineAsync(Cancellation))!.Contains("deletionTimestamp"))
            {
            }
        }

        waiting.IsCompleted.Should().BeFalse("the finalizer holds the object");
        await MergeAsync($"{Demo.WidgetsPath}/w", """{"metadata":{"finalizers":null}}""");
        (await waiting).Should().StartWith("widget.demo.example.com \"w\" deleted");
    }

    [Test]
    public async Task Patches_of_each_kind_are_taken()
    {
        await Kubectl.RunAsync("apply -f -", Manifests);

        await Kubectl.RunAsync("patch configmap c -p {\"data\":{\"b\":\"2\"}}");
        await Kubectl.RunAsync("patch configmap c --type json -p [{\"op\":\"remove\",\"path\":\"/data/a\"}]");
        await Kubectl.RunAsync("patch widget w --type merge -p {\"spec\":{\"size\":9}}");
        await Kubectl.RunAsync("patch widget w --subresource status --type merge -p {\"status\":{\"phase\":\"Done\"}}");

        (await Kubectl.RunAsync("get configmap c -o jsonpath={.data}")).Should().Be("""{"b":"2"}""");
        (await Kubectl.RunAsync("get widget w -o jsonpath={.spec.size}/{.status.phase}")).Should().Be("9/Done");
        (await Kubectl.TryAsync("patch widget w -p {\"spec\":{\"size\":9}}")).Error.Should().Contain("is not supported", "custom resources have no strategic merge");
    }

    [Test]
    public async Task Wait_ends_when_the_condition_comes()
    {
        await Kubectl.RunAsync("apply -f -", Manifests);
        Task<string> waiting = Kubectl.RunAsync("wait --for=condition=Ready widget/w --timeout=50s");

        await MergeAsync($"{Demo.WidgetsPath}/w/status", """{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""");

        (await waiting).Should().Be("widget.demo.example.com/w condition met\n");
        (await Kubectl.RunAsync("get widget w -o jsonpath={.status.conditions[0].type}")).Should().Be("Ready");
    }

    [Test]
    public async Task Explain_says_something_of_custom_and_core_kinds()
    {
        (await Kubectl.RunAsync("explain wd")).Should().MatchRegex(@"KIND:\s+Widget").And.Contain("metadata");
        (await Kubectl.RunAsync("explain wd.spec")).Should().Contain("What is wanted");
        (await Kubectl.RunAsync("explain configmap")).Should().MatchRegex(@"KIND:\s+ConfigMap");
    }

    [Test]
    public async Task Pods_are_listed_with_their_state_and_have_no_log()
    {
        await Kubectl.RunAsync("run p --image=example.com/x --restart=Never");

        Words(Lines(await Kubectl.RunAsync("get pods"))[0]).Should().Equal("NAME", "READY", "STATUS", "RESTARTS", "AGE");
        Words(Lines(await Kubectl.RunAsync("get pods"))[1])[..4].Should().Equal("p", "0/1", "Pending", "0");
        (await Kubectl.TryAsync("logs p")).Error.Should().Contain("has no log");
    }

    [Test]
    public async Task A_wrong_token_is_unauthorized()
    {
        (int code, _, string error) = await Kubectl.TryAsync("get ns --token wrong");

        code.Should().NotBe(0);
        error.Should().MatchRegex("Unauthorized|must be logged in");
    }
}
