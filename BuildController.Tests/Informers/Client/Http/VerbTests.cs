using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Http;

public sealed class VerbTests
{
    private const string Answer = """{"kind":"ConfigMap","metadata":{"name":"a","namespace":"ns","resourceVersion":"8"},"data":{"k":"v"}}""";
    private static readonly ObjectKey Key = new("ns", "a");

    [Test]
    public void Each_verb_sends_what_an_API_server_expects()
    {
        var server = CannedServer.Of(HttpStatusCode.OK, Answer);
        UnstructuredObject value = UnstructuredObject.Parse("""{"metadata":{"name":"a","namespace":"ns"},"data":{}}""");
        server.World.Run(async () =>
        {
            IResourceClient<UnstructuredObject> client = server.Clientset.Resource(Types.AnyConfigMap);
            await client.GetAsync(Key);
            await client.CreateAsync(value);
            await client.ReplaceAsync(value);
            await client.PatchStatusAsync(Key, Patch.Merge(new JsonObject { ["status"] = null }));
            await client.DeleteAsync(Key);
        });

        const string Body = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"ns"},"data":{}}""";
        server.Requests.Select(request => (request.Method, request.Url, request.Body, request.MediaType)).Should().Equal(
            ("GET", "/base/api/v1/namespaces/ns/configmaps/a", string.Empty, null),
            ("POST", "/base/api/v1/namespaces/ns/configmaps", Body, "application/json"),
            ("PUT", "/base/api/v1/namespaces/ns/configmaps/a", Body, "application/json"),
            ("PATCH", "/base/api/v1/namespaces/ns/configmaps/a/status", """{"status":null}""", "application/merge-patch+json"),
            ("DELETE", "/base/api/v1/namespaces/ns/configmaps/a", string.Empty, null));
        server.Requests.Should().OnlyContain(request => request.UserAgent.StartsWith("BuildController.Informers/"));
    }

    [Test]
    public void For_metadata_alone_a_server_is_asked_to_leave_out_the_rest_and_may_send_it_all_the_same()
    {
        var server = new CannedServer(request => CannedServer.Answer(new MemoryStream(
            request.RequestUri!.AbsolutePath.EndsWith("configmaps", StringComparison.Ordinal) ? """{"kind":"ConfigMapList","items":[{"metadata":{"name":"a","namespace":"ns"},"data":{"k":"v"}}]}"""u8.ToArray() : Encoding.UTF8.GetBytes(Answer))));
        var names = new List<string>();
        server.World.Run(async () =>
        {
            IResourceClient<PartialObject> client = server.Clientset.Resource(Types.ConfigMap.MetadataOnly);
            names.Add((await client.GetAsync(Key)).Metadata.Name);
            names.AddRange((await client.ListAsync("ns")).Items.Select(static item => item.Metadata.Name));
            await using IWatchStream<PartialObject> watch = await client.WatchAsync("ns", WatchOptions.From("1"));
        });

        names.Should().Equal("a", "a");
        server.Requests.Select(static request => request.Accept).Should().Equal(
            "application/json; as=PartialObjectMetadata; g=meta.k8s.io; v=v1, application/json",
            "application/json; as=PartialObjectMetadataList; g=meta.k8s.io; v=v1, application/json",
            "application/json; as=PartialObjectMetadata; g=meta.k8s.io; v=v1, application/json");
    }

    [Test]
    public void The_answer_is_the_object_as_the_server_keeps_it()
    {
        var server = CannedServer.Of(HttpStatusCode.OK, Answer);

        ConfigMap value = server.World.Run(() => server.Clientset.Resource(Types.ConfigMap).PatchAsync(Key, Patch.Merge([])));

        value.Metadata.ResourceVersion.Should().Be("8");
        value.Data["k"].Should().Be("v");
    }

    [Test]
    public void Every_kind_of_patch_has_its_media_type_and_apply_its_manager()
    {
        var server = CannedServer.Of(HttpStatusCode.OK, Answer);
        server.World.Run(async () =>
        {
            IResourceClient<ConfigMap> client = server.Clientset.Resource(Types.ConfigMap);
            await client.PatchAsync(Key, Patch.Of(PatchKind.Json, "[]"u8.ToArray()));
            await client.PatchAsync(Key, Patch.Of(PatchKind.StrategicMerge, "{}"u8.ToArray()));
            await client.PatchAsync(Key, Patch.Apply([], "me & you", force: true));
            await client.PatchStatusAsync(Key, Patch.Apply([], "me"));
        });

        server.Requests.Select(request => (request.MediaType, request.Url.Split('?').ElementAtOrDefault(1))).Should().Equal(
            ("application/json-patch+json", null),
            ("application/strategic-merge-patch+json", null),
            ("application/apply-patch+yaml", "fieldManager=me%20%26%20you&force=true"),
            ("application/apply-patch+yaml", "fieldManager=me"));
    }

    [Test]
    public void Delete_options_become_the_body()
    {
        var server = CannedServer.Of(HttpStatusCode.OK, """{"kind":"Status","status":"Success"}""");
        server.World.Run(async () =>
        {
            IResourceClient<ConfigMap> client = server.Clientset.Resource(Types.ConfigMap);
            await client.DeleteAsync(Key, new DeleteOptions
            {
                Uid = "u", ResourceVersion = "7", GracePeriod = TimeSpan.FromSeconds(1.5), Propagation = DeletionPropagation.Foreground,
            });
            await client.DeleteAsync(Key, new DeleteOptions { GracePeriod = TimeSpan.Zero });
        });

        server.Requests.Select(request => request.Body).Should().Equal(
            """{"apiVersion":"v1","kind":"DeleteOptions","gracePeriodSeconds":2,"propagationPolicy":"Foreground","preconditions":{"uid":"u","resourceVersion":"7"}}""",
            """{"apiVersion":"v1","kind":"DeleteOptions","gracePeriodSeconds":0}""");
    }

    [Test]
    public void A_name_that_the_server_makes_needs_no_name_but_a_namespace()
    {
        var server = CannedServer.Of(HttpStatusCode.Created, Answer);
        IResourceClient<ConfigMap> client = server.Clientset.Resource(Types.ConfigMap);

        server.World.Run(() => client.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { GenerateName = "a-", Namespace = "ns" } }));
        Action without = () => server.World.Run(() => client.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "a" } }));

        server.Requests.Single().Body.Should().Contain("\"generateName\":\"a-\"");
        without.Should().Throw<ArgumentException>().WithMessage("*namespace*");
    }

    [TestCase("", "a")]
    [TestCase("ns", "")]
    [TestCase("ns", "..")]
    [TestCase(".", "a")]
    [TestCase("ns", "a/b")]
    [TestCase("ns", "a%2fb")]
    public void Keys_that_lead_elsewhere_are_refused_before_anything_is_sent(string @namespace, string name)
    {
        var server = CannedServer.Of(HttpStatusCode.OK, Answer);
        IResourceClient<ConfigMap> client = server.Clientset.Resource(Types.ConfigMap);
        var key = new ObjectKey(@namespace, name);

        foreach (Func<Task> call in (Func<Task>[])[() => client.GetAsync(key), () => client.PatchAsync(key, Patch.Merge([])), () => client.DeleteAsync(key)])
        {
            Action run = () => server.World.Run(call);
            run.Should().Throw<ArgumentException>();
        }

        server.Requests.Should().BeEmpty();
    }

    [Test]
    public void A_cluster_scoped_type_takes_no_namespace()
    {
        var server = CannedServer.Of(HttpStatusCode.OK, Answer);
        IResourceClient<UnstructuredObject> client = server.Clientset.Resource(Types.Pool);

        foreach (Func<Task> call in (Func<Task>[])[() => client.GetAsync(Key), () => client.ListAsync("ns")])
        {
            Action run = () => server.World.Run(call);
            run.Should().Throw<ArgumentException>().WithMessage("*cluster-scoped*");
        }
    }

    [Test]
    public void A_type_that_loses_fields_cannot_be_replaced()
    {
        var server = CannedServer.Of(HttpStatusCode.OK, Answer);

        Action replace = () => server.World.Run(() => server.Clientset.Resource(Types.ConfigMap).ReplaceAsync(
            new ConfigMap { Metadata = new ObjectMeta { Name = "a", Namespace = "ns" } }));

        replace.Should().Throw<InvalidOperationException>().WithMessage("*Patch instead*");
        server.Requests.Should().BeEmpty();
    }

    [Test]
    public void Apply_without_a_manager_is_refused()
    {
        var server = CannedServer.Of(HttpStatusCode.OK, Answer);

        Action apply = () => server.World.Run(() => server.Clientset.Resource(Types.ConfigMap).PatchAsync(Key, Patch.Of(PatchKind.Apply, "{}"u8.ToArray())));

        apply.Should().Throw<ArgumentException>().WithMessage("*field manager*");
    }

    [TestCase("null")]
    [TestCase("")]
    [TestCase("{")]
    [TestCase("<html>")]
    [TestCase("""{"metadata":{"name":"a"}} {}""")]
    public void An_answer_that_is_no_object_is_malformed(string body)
    {
        var server = CannedServer.Of(HttpStatusCode.OK, body);

        Action get = () => server.World.Run(() => server.Clientset.Resource(Types.ConfigMap).GetAsync(Key));

        get.Should().Throw<ApiException>().Which.Reason.Should().Be(ApiErrorReason.MalformedResponse);
    }
}
