using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

/// <summary>The many ways in which kubectl changes what there is.</summary>
public sealed class KubectlWriteTests : KubectlFixture
{
    [Test]
    public async Task An_apply_on_the_server_side_tells_conflicts_and_can_be_forced()
    {
        await Kubectl.RunAsync("apply --server-side -f -", Manifests);
        string changed = Manifests.Replace("size: 3", "size: 4");

        string complaint = await Kubectl.FailAsync("apply --server-side --field-manager=other -f -", changed);
        complaint.Should().Contain("Apply failed with 1 conflict: conflict with \"kubectl\": .spec.size").And.Contain("--force-conflicts");

        await Kubectl.RunAsync("apply --server-side --field-manager=other --force-conflicts -f -", changed);
        (await Kubectl.RunAsync("get wd w -o jsonpath={.spec.size}")).Should().Be("4");
        (await Kubectl.RunAsync("get wd w -o yaml --show-managed-fields")).Should().Contain("manager: other");
    }

    [Test]
    public async Task A_field_that_its_only_manager_leaves_out_goes()
    {
        await Kubectl.RunAsync("apply --server-side -f -", Manifests);

        await Kubectl.RunAsync("apply --server-side -f -", Manifests.Replace("  note: plain", ""));

        (await Kubectl.RunAsync("get wd w -o jsonpath={.spec}")).Should().Be("""{"size":3}""");
    }

    [Test]
    public async Task An_apply_goes_on_on_the_server_side_where_it_began_on_the_client_s()
    {
        await Kubectl.RunAsync("apply -f -", Manifests);

        (await Kubectl.RunAsync("apply --server-side -f -", Manifests.Replace("size: 3", "size: 4"))).Should().Contain("widget.demo.example.com/w serverside-applied");

        (await Kubectl.RunAsync("get wd w -o jsonpath={.spec.size}")).Should().Be("4");
        await MergeAsync($"{Demo.WidgetsPath}/w", """{"spec":{"note":"another's"}}""");
        (await Kubectl.FailAsync("apply --server-side -f -", Manifests)).Should().Contain(".spec.note", "that is not as kubectl applied it");
    }

    [Test]
    public async Task Items_of_lists_that_were_applied_on_the_client_s_side_go_on_on_the_server_s_too()
    {
        const string pod = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec:
              containers:
              - {name: a, image: example.com/a}
              - {name: b, image: example.com/b}
            """;
        await Kubectl.RunAsync("apply -f -", pod);

        await Kubectl.RunAsync("apply --server-side -f -", pod.Replace("com/b", "com/b:2"));

        (await Kubectl.RunAsync("get pod p -o jsonpath={.spec.containers[*].image}")).Should().Be("example.com/a example.com/b:2");
    }

    [Test]
    public async Task A_diff_shows_what_an_apply_would_change_and_changes_nothing()
    {
        await Kubectl.RunAsync("apply -f -", Manifests);
        (await Kubectl.RunAsync("diff -f -", Manifests)).Should().BeEmpty();

        (int code, string output, _) = await Kubectl.TryAsync("diff -f -", Manifests.Replace("size: 3", "size: 4"));

        code.Should().Be(1, "there are differences");
        output.Should().Contain("-  size: 3").And.Contain("+  size: 4");
        (await Kubectl.TryAsync("diff --server-side --force-conflicts -f -", Manifests.Replace("a: \"1\"", "a: \"2\""))).Output.Should().Contain("+  a: \"2\"");
        (await Kubectl.RunAsync("get wd w -o jsonpath={.spec.size}")).Should().Be("3");
    }

    [Test]
    public async Task A_three_way_apply_keeps_what_others_have_added_and_removes_what_it_had()
    {
        await Kubectl.RunAsync("apply -f -", Manifests);
        await Kubectl.RunAsync("label cm c by=another");
        await Kubectl.RunAsync("patch cm c -p {\"data\":{\"theirs\":\"x\"}}");

        await Kubectl.RunAsync("apply -f -", Manifests.Replace("a: \"1\"", "b: \"2\""));

        (await Kubectl.RunAsync("get cm c -o jsonpath={.data}")).Should().Be("""{"b":"2","theirs":"x"}""");
        (await Kubectl.RunAsync("get cm c -o jsonpath={.metadata.labels.by}")).Should().Be("another");
        await Kubectl.RunAsync("apply view-last-applied cm c");
    }

    [Test]
    public async Task Applied_objects_that_are_left_out_can_be_pruned()
    {
        string labelled = Manifests.Replace("  name: c", "  name: c\n  labels: {set: one}").Replace("  name: w", "  name: w\n  labels: {set: one}");
        await Kubectl.RunAsync("apply -f -", labelled);

        (await Kubectl.RunAsync("apply -f - --prune -l set=one --prune-allowlist=demo.example.com/v1/Widget", labelled.Split("---")[0])).Should().Contain("widget.demo.example.com/w pruned");
    }

    [Test]
    public async Task Patches_that_fail_say_why()
    {
        await Kubectl.RunAsync("create -f -", Manifests);

        (await Kubectl.FailAsync("patch cm c --type json -p [{\"op\":\"test\",\"path\":\"/data/a\",\"value\":\"9\"}]")).Should().Contain("the server rejected our request");
        (await Kubectl.FailAsync("patch cm none --type merge -p {}")).Should().Contain("configmaps \"none\" not found");
        (await Kubectl.FailAsync("patch cm c --type merge -p {\"metadata\":{\"resourceVersion\":\"1\"}}")).Should().Contain("the object has been modified");
        (await Kubectl.FailAsync("patch cm c --type merge -p {\"metadata\":{\"labels\":{\"-\":\"x\"}}}")).Should().Contain("is invalid: metadata.labels");
    }

    [Test]
    public async Task A_strategic_merge_knows_the_keys_of_lists()
    {
        await Kubectl.RunAsync("create -f -", """
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec:
              containers:
              - {name: a, image: example.com/a}
              - {name: b, image: example.com/b}
            """);

        await Kubectl.RunAsync("patch pod p -p {\"spec\":{\"containers\":[{\"name\":\"b\",\"image\":\"example.com/b:2\"}]}}");

        (await Kubectl.RunAsync("get pod p -o jsonpath={.spec.containers[*].image}")).Should().Be("example.com/a example.com/b:2");
        await Kubectl.RunAsync("set image pod/p a=example.com/a:2");
        (await Kubectl.RunAsync("get pod p -o jsonpath={.spec.containers[*].image}")).Should().Be("example.com/a:2 example.com/b:2");
        (await Kubectl.FailAsync("set env pod/p A=b")).Should().Contain("pod updates may not change fields other than");
    }

    [Test]
    public async Task Services_are_kept_as_they_are_applied_on_either_side()
    {
        const string service = """
            apiVersion: v1
            kind: Service
            metadata: {name: s}
            spec:
              selector: {app: s}
              ports: [{name: web, port: 80, targetPort: 8080}, {name: admin, port: 81}]
            """;
        await Kubectl.RunAsync("apply -f -", service);

        await Kubectl.RunAsync("apply -f -", service.Replace("port: 81", "port: 82"));
        (await Kubectl.RunAsync("get svc s -o jsonpath={.spec.ports[*].port}")).Should().Be("80 82");

        await Kubectl.RunAsync("apply --server-side --force-conflicts -f -", service.Replace("8080", "8081"));
        (await Kubectl.RunAsync("get svc s -o jsonpath={.spec.type}:{.spec.ports[0].targetPort}")).Should().Be("ClusterIP:8081");
    }

    [Test]
    public async Task A_replace_needs_the_newest_version_unless_it_is_forced()
    {
        await Kubectl.RunAsync("create -f -", Manifests);
        string stale = await Kubectl.RunAsync("get wd w -o yaml");
        string uid = await Kubectl.RunAsync("get wd w -o jsonpath={.metadata.uid}");
        await Kubectl.RunAsync("label wd w tier=gold");

        (await Kubectl.FailAsync("replace -f -", stale.Replace("size: 3", "size: 4"))).Should().Contain("Conflict").And.Contain("the object has been modified");
        string fresh = await Kubectl.RunAsync("get wd w -o yaml");
        (await Kubectl.RunAsync("replace -f -", fresh.Replace("size: 3", "size: 4"))).Should().Be("widget.demo.example.com/w replaced\n");
        (await Kubectl.RunAsync("get wd w -o jsonpath={.spec.size}")).Should().Be("4");

        (await Kubectl.RunAsync("replace --force -f -", Manifests)).Should().Contain("widget.demo.example.com/w replaced");
        (await Kubectl.RunAsync("get wd w -o jsonpath={.metadata.uid}")).Should().NotBe(uid, "it was deleted and created anew");
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "The editor is a shell script.")]
    public async Task An_editor_changes_an_object_and_is_told_what_the_server_refuses()
    {
        await Kubectl.RunAsync("create -f -", Manifests);
        Kubectl.Environment["EDITOR"] = Kubectl.Write("editor.sh", "#!/bin/sh\nsed -i 's/size: 3/size: 8/' \"$1\"\n", isExecutable: true);

        (await Kubectl.RunAsync("edit wd w")).Should().Be("widget.demo.example.com/w edited\n");
        (await Kubectl.RunAsync("get wd w -o jsonpath={.spec.size}")).Should().Be("8");
        (await Kubectl.TryAsync("edit wd w")).Error.Should().Contain("no changes made");

        Kubectl.Environment["EDITOR"] = Kubectl.Write("bad.sh", "#!/bin/sh\nsed -i 's/^  name: c$/  name: c\\n  labels: {\"-\": x}/' \"$1\"\n", isExecutable: true);
        (await Kubectl.TryAsync("edit cm c")).Error.Should().Contain("is invalid");
        (await Kubectl.RunAsync("get cm c -o jsonpath={.metadata.labels}")).Should().BeEmpty();
    }

    [Test]
    public async Task Labels_and_annotations_are_not_overwritten_unless_asked_for()
    {
        await Kubectl.RunAsync("create -f -", Manifests);
        await Kubectl.RunAsync("label cm c tier=gold");

        (await Kubectl.FailAsync("label cm c tier=silver")).Should().Contain("already has a value (gold)");
        (await Kubectl.RunAsync("label cm c tier=silver --overwrite")).Should().Be("configmap/c labeled\n");
        (await Kubectl.RunAsync("annotate cm c note=x --dry-run=server -o jsonpath={.metadata.annotations}")).Should().Be("""{"note":"x"}""");
        (await Kubectl.RunAsync("label cm --all seen=yes")).Should().Contain("configmap/c labeled");
        (await Kubectl.RunAsync("get cm c -o jsonpath={.metadata.labels}{.metadata.annotations}")).Should().Be("""{"seen":"yes","tier":"silver"}""");
        (await Kubectl.FailAsync("label cm c tier=silver --overwrite --resource-version=1")).Should().Contain("the object has been modified");
    }

    [Test]
    public async Task Names_are_generated_and_dry_runs_keep_nothing()
    {
        string made = await Kubectl.RunAsync("create -f - -o name", """
            apiVersion: v1
            kind: ConfigMap
            metadata: {generateName: job-}
            """);
        made.Trim().Should().MatchRegex("^configmap/job-[a-z0-9]{5}$");

        (await Kubectl.RunAsync("create cm dry --dry-run=server -o jsonpath={.metadata.uid}")).Should().NotBeEmpty();
        (await Kubectl.FailAsync("get cm dry")).Should().Contain("NotFound");
        (await Kubectl.FailAsync("create cm bad_name")).Should().Contain("Invalid value: \"bad_name\"");
        (await Kubectl.FailAsync("create cm c -n nowhere")).Should().Contain("namespaces \"nowhere\" not found");
    }
}
