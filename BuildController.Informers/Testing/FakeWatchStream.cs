using System.Runtime.CompilerServices;
using System.Text.Json;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Informers.Testing;

/// <summary>Decodes the events of a cluster's watch.</summary>
internal sealed class FakeWatchStream<T>(
    IAsyncEnumerable<StoredEvent> events, ClusterWatch? watch, Func<ReadOnlyMemory<byte>, T?> tryDecode, Func<ReadOnlyMemory<byte>, T> decode,
    CancellationToken opening) : IWatchStream<T>
    where T : class
{
    public IAsyncEnumerator<WatchEvent<T>> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        ReadAsync(cancellationToken).GetAsyncEnumerator(CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        watch?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async IAsyncEnumerable<WatchEvent<T>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(opening, cancellationToken);
        await foreach (StoredEvent item in events.WithCancellation(either.Token))
        {
            if (Typed(item) is { } typed)
                yield return typed;

            if (item.Type == WatchEventType.Error)
                yield break;
        }
    }

    private WatchEvent<T>? Typed(StoredEvent item) => item.Type switch
    {
        WatchEventType.Error => WatchEvent<T>.Failed(new ApiException(JsonSerializer.Deserialize(item.Json.Span, ApiJsonContext.Default.ApiStatus)!)),
        WatchEventType.Bookmark => WatchEvent<T>.Bookmark(item.ResourceVersion, EndsInitialEvents(item)),
        WatchEventType.Deleted => WatchEvent<T>.Of(item.Type, decode(item.Json), item.ResourceVersion),
        _ => tryDecode(item.Json) is { } value ? WatchEvent<T>.Of(item.Type, value, item.ResourceVersion) : null,
    };

    private static bool EndsInitialEvents(StoredEvent bookmark)
    {
        using JsonDocument document = JsonDocument.Parse(bookmark.Json);
        return document.RootElement.GetProperty("metadata").TryGetProperty("annotations", out JsonElement annotations)
            && annotations.TryGetProperty("k8s.io/initial-events-end", out JsonElement ends) && ends.ValueEquals("true");
    }
}
