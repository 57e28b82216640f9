namespace BuildController.Informers.Cache;

/// <summary>What an informer reads: all of a resource, or one namespace of several. The consumer writes it, anybody reads.</summary>
/// <param name="namespace">The namespace, or null for all.</param>
/// <param name="reflector">Reads it.</param>
internal sealed class InformerSource<T>(string? @namespace, Reflector<T> reflector)
    where T : class
{
    private volatile bool hasListed;
    private volatile string version = string.Empty;

    public string? Namespace => @namespace;

    public Reflector<T> Reflector => reflector;

    /// <summary>Whether its first list is in the store.</summary>
    public bool HasListed { get => hasListed; set => hasListed = value; }

    /// <summary>How far the store has come with it.</summary>
    public string Version { get => version; set => version = value; }

    public InformerHealth Health => reflector.Health.Snapshot() with { HasSynced = HasListed, ResourceVersion = Version };
}
