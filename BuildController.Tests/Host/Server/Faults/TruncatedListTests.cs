using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Informers.Testing.Faults;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server.Faults;

[TestFixture]
[CancelAfter(60_000)]
public sealed class TruncatedListTests
{
    private static CancellationToken Cancellation => TestContext.CurrentContext.CancellationToken;

    [Test]
    public async Task A_client_takes_no_part_of_a_list_for_the_whole([Values("1.1", "2.0")] string http, [Values] bool isCompressed, [Values] bool isAbrupt)
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.ListTruncated) { AfterEvents = 3, IsAbrupt = isAbrupt });
        CreateMany(server);
        IResourceClient<UnstructuredObject> client = server.Client(http: http, takesGzip: isCompressed);
        int visited = 0;

        ApiException error = (await FluentActions
            .Awaiting(() => client.ListAsync("default", ListOptions.Default, _ => visited++, Cancellation))
            .Should().ThrowAsync<ApiException>()).Which;

        error.Reason.Should().Be(ApiErrorReason.ConnectionLost);
        if (isCompressed)
            visited.Should().BeLessThan(300);
        else
            visited.Should().BeLessThanOrEqualTo(3, "over HTTP/2 a reset may overtake what was sent before it");

        (await client.ListAsync("default", cancellationToken: Cancellation)).Items.Should().HaveCount(300, "the next list is whole");
    }

    [Test]
    public async Task What_is_cut_in_good_order_is_a_whole_answer_to_HTTP([Values("1.1", "2.0")] string http, [Values(null, ServerFixture.TableAccept)] string? accept)
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.ListTruncated) { AfterEvents = 1 });
        server.Create("a", "b", "c");

        string text = await ListAsync(server.Http(http: http), accept);

        text.Should().Contain("\"name\":\"a\"").And.NotContain("\"name\":\"c\"");
        FluentActions.Invoking(() => JsonElement.Parse(text)).Should().Throw<JsonException>();
    }

    [TestCase(0)]
    [TestCase(2)]
    public async Task A_list_of_fewer_items_ends_before_its_end(int count)
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.ListTruncated) { AfterEvents = 5 });
        server.Create([.. Enumerable.Range(0, count).Select(i => $"m{i}")]);

        string text = await ListAsync(server.Http(), null);

        JsonElement.Parse(text + "]}").GetProperty("items").GetArrayLength().Should().Be(count);
    }

    [Test]
    public async Task A_list_that_is_refused_is_refused()
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.ListTruncated));

        using HttpResponseMessage response = await server.Http().GetAsync(new Uri($"{FaultyServer.Path}?resourceVersion=nonsense", UriKind.Relative), Cancellation);

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation)).GetProperty("reason").GetString().Should().Be("BadRequest");
    }

    [Test]
    public async Task An_informer_deletes_nothing_because_its_list_was_cut_short([Values] bool isAbrupt)
    {
        Fault cut = new(FaultKind.ListTruncated) { AfterEvents = 1, IsAbrupt = isAbrupt };
        int lists = 0;
        await using FaultyServer server = await FaultyServer.StartAsync(new PlanOf(point => point.Verb switch
        {
            "watch" when point.Number == 2 => new Fault(FaultKind.WatchExpired) { AfterEvents = 1 },
            "list" when Interlocked.Increment(ref lists) is 2 or 3 => cut,
            _ => null,
        }));
        server.Create("a", "b", "c");
        await using SharedInformerFactory informers = RestartTests.InformersOver(server);
        ISharedInformer<PartialObject> informer = informers.For(FaultyServer.Partial);
        informers.Start();
        await informers.WaitForSyncAsync(null, Cancellation);
        await using IAsyncEnumerator<InformerChange<PartialObject>> changes = informer.ChangesAsync(null, Cancellation).GetAsyncEnumerator(Cancellation);

        server.Label("a", "1");
        server.Label("b", "2");
        await informer.WaitForAsync(server.NewestVersion, Cancellation);
        server.Create("last");
        var told = new List<string>();
        do
        {
            await changes.MoveNextAsync();
            told.Add(changes.Current.ToString());
        }
        while (told[^1] != "Added default/last");

        Volatile.Read(ref lists).Should().Be(4, "the first, two that were cut, and one that was whole");
        told.Should().NotContain(change => change.StartsWith("Deleted", StringComparison.Ordinal));
        informer.Indexer.Count.Should().Be(4);
    }

    private static async Task<string> ListAsync(HttpClient client, string? accept)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, FaultyServer.Path) { Version = client.DefaultRequestVersion, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);

        using HttpResponseMessage response = await client.SendAsync(request, Cancellation);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    /// <summary>More than a server sends uncompressed to those who take gzip.</summary>
    private static void CreateMany(FaultyServer server)
    {
        for (int i = 0; i < 300; i++)
        {
            server.Cluster.Create(CoreResources.ConfigMaps, "default", new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = $"m{i:000}" },
                ["data"] = new JsonObject { ["x"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(500)) },
            });
        }
    }
}
