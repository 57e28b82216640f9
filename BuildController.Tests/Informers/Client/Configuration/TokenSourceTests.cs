using System.Net;
using BuildController.Informers.Api;
using BuildController.Informers.Client.Configuration;
using BuildController.Tests.Informers.Client.Http;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Configuration;

public sealed class TokenSourceTests
{
    private int asked;

    [SetUp]
    public void SetUp() => asked = 0;

    [Test]
    public void The_source_is_asked_before_each_request_and_comes_before_other_tokens()
    {
        CannedServer server = Server(static _ => true, _ => ValueTask.FromResult<string?>($"token-{++asked}"));

        Get(server);
        Get(server);

        server.Requests.Select(static request => request.Authorization).Should().Equal("Bearer token-1", "Bearer token-2");
        server.Configuration.ToString().Should().Be("https://api.example (bearer token from a function)");
    }

    [Test]
    public void A_token_that_is_refused_is_asked_for_once_more_and_the_request_repeated_if_it_is_another()
    {
        CannedServer server = Server(static token => token == "fresh", _ => ValueTask.FromResult<string?>(++asked == 1 ? "stale" : "fresh"));

        Get(server).Metadata.Name.Should().Be("a");

        server.Requests.Select(static request => request.Authorization).Should().Equal("Bearer stale", "Bearer fresh");
    }

    [Test]
    public void A_source_that_fails_fails_the_request_with_its_words()
    {
        CannedServer server = Server(static _ => true, _ => throw new InvalidOperationException("No account is signed in."));

        Action get = () => Get(server);

        ApiException error = get.Should().Throw<ApiException>().Which;
        error.Reason.Should().Be(ApiErrorReason.Unauthorized);
        error.Message.Should().Contain("The token source gave no bearer token (No account is signed in).");
        error.InnerException.Should().BeOfType<InvalidOperationException>();
        server.Requests.Should().BeEmpty();
    }

    private static ConfigMap Get(CannedServer server) => server.World.Run(() => server.Clientset.Resource(Types.ConfigMap).GetAsync(new ObjectKey("ns", "a")));

    private static CannedServer Server(Func<string?, bool> accepts, Func<CancellationToken, ValueTask<string?>> source) => new(request => accepts(request.Headers.Authorization?.Parameter)
        ? CannedServer.Answer(new MemoryStream("""{"metadata":{"name":"a","namespace":"ns"}}"""u8.ToArray()))
        : CannedServer.Answer(new MemoryStream("{}"u8.ToArray()), HttpStatusCode.Unauthorized))
    {
        Configuration = new ClusterConfiguration { Server = new Uri("https://api.example/"), BearerTokenSource = source, BearerToken = "other" },
    };
}
