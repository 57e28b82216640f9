using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;

namespace BuildController.Tests.Informers.Client.Conformance;

/// <summary>Reads a watch event by event, and reads over bookmarks, which servers send when they like.</summary>
internal sealed class EventReader(IWatchStream<JsonObject> stream, CancellationToken stop) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<WatchEvent<JsonObject>> events = stream.GetAsyncEnumerator(stop);

    /// <summary>The next event; null at the stream's end.</summary>
    public async Task<WatchEvent<JsonObject>?> NextAsync()
    {
        while (await events.MoveNextAsync())
        {
            if (events.Current.Type != WatchEventType.Bookmark)
                return events.Current;
        }

        return null;
    }

    /// <summary>The next events as <c>Added name</c>.</summary>
    public async Task<string[]> NextAsync(int count)
    {
        var seen = new List<string>();
        while (seen.Count < count)
        {
            WatchEvent<JsonObject>? next = await NextAsync();
            next.Should().NotBeNull($"the stream must not end after {string.Join(", ", seen)}");
            seen.Add(next!.Value.Error is { } error ? $"Error {error.Reason}" : $"{next.Value.Type} {next.Value.Object!.Name()}");
        }

        return [.. seen];
    }

    public async ValueTask DisposeAsync()
    {
        await events.DisposeAsync();
        await stream.DisposeAsync();
    }
}
