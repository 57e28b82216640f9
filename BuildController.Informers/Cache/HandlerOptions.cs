namespace BuildController.Informers.Cache;

/// <summary>How one handler is called.</summary>
public sealed record HandlerOptions
{
    /// <summary>
    /// What metrics and logs call the handler; null, the default, for the name of its type. Handlers of one name and
    /// resource are counted together.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>What happens when it is slower than the changes come. The default is <see cref="HandlerDelivery.Unbounded"/>.</summary>
    public HandlerDelivery Delivery { get; init; } = HandlerDelivery.Unbounded;

    /// <summary>
    /// How often it is told of every object again, as an update from the object to itself; zero for never; null, the default, for
    /// the factory's period. At least one second. It costs the server nothing and finds nothing that the informer missed: it is for
    /// handlers that compare the world with something else.
    /// </summary>
    /// <remarks>
    /// An informer looks at one period whose resync is due: the shortest asked for before it was started, or the first
    /// asked for after that. A shorter one asked for later is raised to it, and each is rounded up to a multiple of it. A resync never overtakes a
    /// change. What a repeated list shows unchanged also counts as a resync, for handlers that were due when the informer looked last.
    /// </remarks>
    public TimeSpan? ResyncPeriod { get; init; }
}
