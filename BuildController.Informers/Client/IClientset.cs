using BuildController.Informers.Api;

namespace BuildController.Informers.Client;

/// <summary>
/// Reaches an API server, a real one, the embedded one or an in-memory one. Safe for concurrent use; the one who made it disposes it.
/// </summary>
public interface IClientset
{
    /// <summary>The client of one resource. Cheap: it may be asked for at each call.</summary>
    /// <typeparam name="T">The type that objects are decoded to.</typeparam>
    IResourceClient<T> Resource<T>(ResourceType<T> type)
        where T : class;
}
