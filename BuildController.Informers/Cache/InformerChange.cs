namespace BuildController.Informers.Cache;

/// <summary>What happened to an object.</summary>
public enum InformerChangeKind
{
    /// <summary>It has come.</summary>
    Added,

    /// <summary>It has changed, or, where <see cref="InformerChange{T}.IsResync"/>, is told again.</summary>
    Updated,

    /// <summary>It has gone.</summary>
    Deleted,

    /// <summary>No object: everything that was there at the beginning has been told. It comes once.</summary>
    Synced,
}

/// <summary>One change of the local copy, as <see cref="ISharedInformer{T}.ChangesAsync"/> yields them.</summary>
/// <typeparam name="T">The object type.</typeparam>
public readonly record struct InformerChange<T>
    where T : class
{
    private readonly T? value;

    internal InformerChange(Notification<T> fact)
    {
        value = fact.Object;
        Old = fact.Old;
        IsInitialList = fact.Type == NotificationType.AddedInitially;
        IsFinalStateUnknown = fact.Type == NotificationType.DeletedFinalStateUnknown;
        Kind = fact.Type switch
        {
            NotificationType.Added or NotificationType.AddedInitially => InformerChangeKind.Added,
            NotificationType.Updated or NotificationType.Resynced => InformerChangeKind.Updated,
            NotificationType.Deleted or NotificationType.DeletedFinalStateUnknown => InformerChangeKind.Deleted,
            _ => InformerChangeKind.Synced,
        };
    }

    /// <summary>What happened.</summary>
    public InformerChangeKind Kind { get; }

    /// <summary>The object as it is now, or of a deletion the last state known.</summary>
    /// <exception cref="InvalidOperationException">The change is <see cref="InformerChangeKind.Synced"/>, which concerns no object.</exception>
    public T Object => value ?? throw new InvalidOperationException("This change concerns no object.");

    /// <summary>Of an update, the object as it was told last; otherwise null.</summary>
    public T? Old { get; }

    /// <summary>Of an add, whether the object was there before the enumeration began.</summary>
    public bool IsInitialList { get; }

    /// <summary>Of a deletion, whether only its result was found, so that the object may have changed after the state known.</summary>
    public bool IsFinalStateUnknown { get; }

    /// <summary>Of an update, whether nothing has changed: see <see cref="HandlerOptions.ResyncPeriod"/>.</summary>
    public bool IsResync => Old is not null && ReferenceEquals(Old, value);

    /// <summary>The kind and the object.</summary>
    public override string ToString() => $"{Kind} {value}";
}
