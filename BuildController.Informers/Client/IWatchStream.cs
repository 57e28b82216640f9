using BuildController.Informers.Api;

namespace BuildController.Informers.Client;

/// <summary>
/// An open watch. It is enumerated once, by one reader. It ends without an exception when the server closes it cleanly; a
/// connection lost or a line that cannot be understood throws <see cref="ApiException"/>. After a
/// <see cref="WatchEventType.Error"/> event nothing follows.
/// </summary>
/// <typeparam name="T">The object type.</typeparam>
public interface IWatchStream<T> : IAsyncEnumerable<WatchEvent<T>>, IAsyncDisposable
    where T : class;
