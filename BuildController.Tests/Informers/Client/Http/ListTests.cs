using System.IO.Compression;
using System.Net;
using System.Text;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Http;

public sealed class ListTests
{
    private const string Small = """
        {"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"42","continue":"next","remainingItemCount":7},
        "items":[{"metadata":{"name":"a","namespace":"ns"},"data":{"k":"}]\"{"}}, {"metadata":{"name":"b","namespace":"ns"}}]}
        """;

    [Test]
    public void A_list_comes_out_the_same_wherever_the_network_cuts_it()
    {
        int length = Encoding.UTF8.GetByteCount(Small);
        for (int cut = 1; cut < length; cut++)
            AssertSmall(List(PiecewiseStream.Of(Small, cut, length)), $"cut at {cut}");

        AssertSmall(List(PiecewiseStream.Of(Small, 1)), "byte by byte");
    }

    [TestCase("""{"items":[{"metadata":{"name":"a"}}],"metadata":{"resourceVersion":"42"},"kind":"ConfigMapList"}""")]
    [TestCase("""{"metadata":{"resourceVersion":"42"},"items":[{"metadata":{"name":"a"}}]}""")]
    [TestCase(""" { "unknown" : [ { "items" : [ 1 ] } ] , "items" : [ {"metadata":{"name":"a"}} ] , "metadata" : {"resourceVersion":"42"} , "x" : 1 } """)]
    [TestCase("""{"x":null,"y":true,"z":"}","items":[{"metadata":{"name":"a"}}],"metadata":{"resourceVersion":"42"},"w":-1.5e3}""")]
    [TestCase("""{"it\u0065ms":[{"metadata":{"name":"a"}}],"metadata":{"resourceVersion":"42","selfLink":""}}""")]
    public void Members_come_in_any_order_and_unknown_ones_are_passed_over(string json)
    {
        ResourceList<ConfigMap> list = List(PiecewiseStream.Of(json, 3));

        list.Items.Select(item => item.Metadata.Name).Should().Equal("a");
        list.Metadata.Should().Be(new ListMetadata { ResourceVersion = "42" });
    }

    [TestCase("""{"metadata":{"resourceVersion":"1"},"items":null}""")]
    [TestCase("""{"metadata":{"resourceVersion":"1"},"items":[]}""")]
    [TestCase("""{"metadata":{"resourceVersion":"1","continue":""},"items":[ ]}""")]
    public void A_list_may_be_empty(string json)
    {
        ResourceList<ConfigMap> list = List(PiecewiseStream.Of(json));

        list.Items.Should().BeEmpty();
        list.Metadata.Should().Be(new ListMetadata { ResourceVersion = "1" });
    }

    [Test]
    public void Items_and_unknown_members_may_be_huge()
    {
        string huge = new('x', 3_000_000);
        string json = $$$"""{"unknown":["{{{huge}}}"],"text":"{{{huge}}}","items":[{"metadata":{"name":"a"},"data":{"k":"{{{huge}}}"}},{"metadata":{"name":"b"}}],"metadata":{}}""";

        ResourceList<ConfigMap> list = List(PiecewiseStream.Of(json, 10_000));

        list.Items.Select(item => item.Metadata.Name).Should().Equal("a", "b");
        list.Items[0].Data["k"].Length.Should().Be(huge.Length);
    }

    [Test]
    public void A_list_is_never_held_whole_and_room_made_for_a_large_item_is_given_back()
    {
        string item = $$$"""{"metadata":{"name":"a"},"data":{"k":"{{{new string('x', 1000)}}}"}}""";
        string items = string.Join(',', Enumerable.Repeat(item, 10_000));
        string large = item.Replace("\"k\":\"", "\"k\":\"" + new string('x', 2_000_000), StringComparison.Ordinal);
        PiecewiseStream small = PiecewiseStream.Of($$"""{"items":[{{items}}]}""");
        PiecewiseStream mixed = PiecewiseStream.Of($$"""{"items":[{{large}},{{items}}]}""");

        List(small).Items.Should().HaveCount(10_000);
        List(mixed).Items.Should().HaveCount(10_001);

        small.LargestBuffer.Should().BeLessThanOrEqualTo(128 * 1024);
        mixed.LargestBuffer.Should().BeLessThanOrEqualTo(4 * 1024 * 1024);
        mixed.LastBuffer.Should().BeLessThanOrEqualTo(128 * 1024);
    }

    [Test]
    public void Each_item_is_handed_over_before_the_next_has_come()
    {
        int cut = Encoding.UTF8.GetByteCount(Small[..Small.IndexOf("{\"metadata\":{\"name\":\"b\"", StringComparison.Ordinal)]);
        var body = new PiecewiseStream(Encoding.UTF8.GetBytes(Small)[..cut], [int.MaxValue], new IOException("reset"));
        var names = new List<string>();

        Action list = () => Run(CannedServer.Of(body), ListOptions.Default, item => names.Add(item.Metadata.Name));

        list.Should().Throw<ApiException>().Which.Reason.Should().Be(ApiErrorReason.ConnectionLost);
        names.Should().Equal("a");
        body.Disposals.Should().Be(1);
    }

    [Test]
    public void A_list_cut_short_anywhere_is_a_lost_connection_and_never_a_short_list()
    {
        string json = Small.TrimEnd();
        for (int length = 0; length < json.Length; length++)
        {
            Action list = () => List(PiecewiseStream.Of(json[..length]));

            list.Should().Throw<ApiException>($"it was cut after {length}").Which.Reason.Should().Be(ApiErrorReason.ConnectionLost);
        }
    }

    [TestCase("<html>", "JSON object")]
    [TestCase("[]", "JSON object")]
    [TestCase("{}", "no items")]
    [TestCase("""{"kind":"Table","rows":[]}""", "Table")]
    [TestCase("""{"kind":"ConfigMap","items":[]}""", "ConfigMap, not a list")]
    [TestCase("""{"kind":7,"items":[]}""", "string")]
    [TestCase("""{"items":{}}""", "array")]
    [TestCase("""{"items":[1]}""", "item")]
    [TestCase("""{"items":[null]}""", "item")]
    [TestCase("""{"items":[{"metadata":{"name":7}}]}""", "ConfigMap")]
    [TestCase("""{"items":[{"metadata":}]}""", "ConfigMap")]
    [TestCase("""{"items":[{} {}]}""", "comma")]
    [TestCase("""{"items":[],}""", "name")]
    [TestCase("""{"items" []}""", "colon")]
    [TestCase("""{"x":,"items":[]}""", "value")]
    [TestCase("""{"metadata":[],"items":[]}""", "converted")]
    [TestCase("""{"items":[]} {}""", "follows")]
    public void What_is_no_list_is_refused_with_the_reason(string json, string reason)
    {
        Action list = () => List(PiecewiseStream.Of(json, 1));

        ApiException error = list.Should().Throw<ApiException>().Which;
        error.Reason.Should().Be(ApiErrorReason.MalformedResponse);
        error.Message.Should().Contain("https://api.example:6443/base").And.Contain("GET /api/v1/configmaps").And.Contain(reason);
    }

    [Test]
    public void A_damaged_list_is_read_or_refused_and_nothing_else()
    {
        for (int seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = Encoding.UTF8.GetBytes(Small);
            for (int i = random.Next(1, 4); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)"{}[]\",:\\ x\n\0"[random.Next(12)];

            try
            {
                List(new PiecewiseStream(bytes, [random.Next(1, 100)]));
            }
            catch (ApiException error)
            {
                error.Reason.Should().BeOneOf(ApiErrorReason.MalformedResponse, ApiErrorReason.ConnectionLost);
            }
        }
    }

    [Test]
    public void What_the_visitor_throws_comes_out_as_it_is()
    {
        Action list = () => Run(CannedServer.Of(PiecewiseStream.Of(Small)), ListOptions.Default, _ => throw new FormatException("mine"));

        list.Should().Throw<FormatException>().WithMessage("mine");
    }

    [Test]
    public void Compressed_lists_are_asked_for_and_understood()
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(Small));
        var server = new CannedServer(_ =>
        {
            HttpResponseMessage response = CannedServer.Answer(new MemoryStream(compressed.ToArray()));
            response.Content.Headers.ContentEncoding.Add("gzip");
            return response;
        });

        AssertSmall(server.World.Run(() => server.Clientset.Resource(Types.ConfigMap).ListAsync(null)), "compressed");
        server.Requests.Single().AcceptEncoding.Should().Be("gzip");
    }

    [Test]
    public void Options_become_the_query()
    {
        var server = CannedServer.Of(HttpStatusCode.OK, """{"items":[]}""");
        var options = new ListOptions { LabelSelector = "a in (b,c)", FieldSelector = "metadata.name=x", ResourceVersion = "0", Limit = 500, Continue = "to+ken=" };

        server.World.Run(() => server.Clientset.Resource(Types.ConfigMap).ListAsync("ns", options));
        server.World.Run(() => server.Clientset.Resource(Types.Pool).ListAsync(null));

        server.Requests.Select(request => request.Url).Should().Equal(
            "/base/api/v1/namespaces/ns/configmaps?labelSelector=a%20in%20%28b%2Cc%29&fieldSelector=metadata.name%3Dx&resourceVersion=0&limit=500&continue=to%2Bken%3D",
            "/base/apis/machineconfiguration.openshift.io/v1/machineconfigpools");
    }

    [Test]
    public void A_long_list_that_keeps_coming_is_not_timed_out_and_a_silent_one_is()
    {
        var body = new PiecewiseStream(Encoding.UTF8.GetBytes(Small[..^5]), [10], staysOpen: true);
        var server = CannedServer.Of(body);

        Action list = () => server.World.Run(() => server.Clientset.Resource(Types.ConfigMap).ListAsync(
            null, ListOptions.Default, _ => server.World.Time.Advance(TimeSpan.FromSeconds(59))), TimeSpan.FromMinutes(10));

        ApiException error = list.Should().Throw<ApiException>().Which;
        error.Reason.Should().Be(ApiErrorReason.ConnectionLost);
        error.Message.Should().Contain("silent for 60 s");
        body.Disposals.Should().Be(1);
    }

    private static void AssertSmall(ResourceList<ConfigMap> list, string because)
    {
        list.Items.Select(item => item.Metadata.Name).Should().Equal(["a", "b"], because);
        list.Items[0].Data["k"].Should().Be("}]\"{", because);
        list.Metadata.Should().Be(new ListMetadata { ResourceVersion = "42", Continue = "next", RemainingItemCount = 7 }, because);
    }

    private static ResourceList<ConfigMap> List(Stream body)
    {
        var items = new List<ConfigMap>();
        return new ResourceList<ConfigMap>(items, Run(CannedServer.Of(body), ListOptions.Default, items.Add));
    }

    private static ListMetadata Run(CannedServer server, ListOptions options, Action<ConfigMap> visit) =>
        server.World.Run(() => server.Clientset.Resource(Types.ConfigMap).ListAsync(null, options, visit));
}
