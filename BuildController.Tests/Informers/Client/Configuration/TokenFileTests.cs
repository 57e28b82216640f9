using System.Net;
using BuildController.Informers.Api;
using BuildController.Informers.Client.Configuration;
using BuildController.Tests.Informers.Client.Http;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Configuration;

public sealed class TokenFileTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void SetUp() => folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => folder.Dispose();

    [Test]
    public void The_file_is_read_again_each_minute_and_not_before()
    {
        CannedServer server = Server(_ => true);
        folder.Write("token", "one\n");
        Get(server);
        folder.Write("token", "two");
        server.World.Advance(TimeSpan.FromSeconds(59));
        Get(server);
        server.World.Advance(TimeSpan.FromSeconds(1));
        Get(server);

        server.Requests.Select(request => request.Authorization).Should().Equal("Bearer one", "Bearer one", "Bearer two");
    }

    [Test]
    public void A_refused_token_is_read_again_at_once_and_the_request_repeated()
    {
        CannedServer server = Server(token => token == "Bearer two");
        folder.Write("token", "one");
        Action first = () => Get(server);
        first.Should().Throw<ApiException>().Which.Reason.Should().Be(ApiErrorReason.Unauthorized);
        folder.Write("token", "two");

        Get(server).Metadata.Name.Should().Be("a");

        server.Requests.Select(request => request.Authorization).Should().Equal("Bearer one", "Bearer one", "Bearer two");
    }

    [Test]
    public void The_last_token_goes_on_while_the_file_cannot_be_read()
    {
        CannedServer server = Server(_ => true);
        folder.Write("token", "one");
        Get(server);
        folder.Write("token", " ");
        server.World.Advance(TimeSpan.FromMinutes(1));
        Get(server);
        File.Delete(folder.PathOf("token"));
        server.World.Advance(TimeSpan.FromMinutes(1));
        Get(server);

        server.Requests.Select(request => request.Authorization).Should().Equal("Bearer one", "Bearer one", "Bearer one");
    }

    [Test]
    public void Without_any_token_the_file_is_named()
    {
        CannedServer server = Server(_ => true);

        Action get = () => Get(server);

        get.Should().Throw<ApiException>().WithMessage($"*{folder.PathOf("token")}*").Which.IsDenied.Should().BeTrue();
        server.Requests.Should().BeEmpty();
    }

    [Test]
    public void A_file_that_holds_no_token_is_not_sent()
    {
        CannedServer server = Server(_ => true);
        folder.Write("token", "two\nlines");

        Action get = () => Get(server);

        get.Should().Throw<ApiException>().WithMessage("*line breaks*").Which.Message.Should().NotContain("two");
        server.Requests.Should().BeEmpty();
    }

    [Test]
    public void A_fixed_token_that_is_refused_is_not_sent_again()
    {
        CannedServer server = Server(_ => false);
        server.Configuration = new ClusterConfiguration { Server = new Uri("https://api.example"), BearerToken = "fixed" };

        Action get = () => Get(server);

        get.Should().Throw<ApiException>().Which.Code.Should().Be(401);
        server.Requests.Should().HaveCount(1);
    }

    private static ConfigMap Get(CannedServer server) =>
        server.World.Run(() => server.Clientset.Resource(Types.ConfigMap).GetAsync(new ObjectKey("ns", "a")));

    private CannedServer Server(Func<string, bool> accepts) =>
        new(request => accepts(request.Headers.Authorization!.ToString())
            ? CannedServer.Answer(new MemoryStream("""{"metadata":{"name":"a"}}"""u8.ToArray()))
            : CannedServer.Answer(Stream.Null, HttpStatusCode.Unauthorized))
        {
            Configuration = new ClusterConfiguration { Server = new Uri("https://api.example"), BearerTokenFile = folder.PathOf("token") },
        };
}
