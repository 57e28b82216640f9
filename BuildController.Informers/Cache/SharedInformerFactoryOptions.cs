namespace BuildController.Informers.Cache;

/// <summary>What all informers of a factory have in common.</summary>
public sealed record SharedInformerFactoryOptions
{
    /// <summary>The namespace of informers that ask for none; null, the default, for all. Cluster-scoped resources do not care.</summary>
    public string? Namespace { get; init; }

    /// <summary>How informers read the server, unless they ask for something else.</summary>
    public ReflectorOptions Reflector { get; init; } = new();

    /// <summary>The resync period of handlers that ask for none; zero, the default, for never. See <see cref="HandlerOptions.ResyncPeriod"/>.</summary>
    public TimeSpan ResyncPeriod { get; init; }
}
