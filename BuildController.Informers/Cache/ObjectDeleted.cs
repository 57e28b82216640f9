namespace BuildController.Informers.Cache;

/// <summary>An object that is gone, or no longer selected.</summary>
/// <typeparam name="T">The object type.</typeparam>
/// <param name="LastKnown">The last state known of it.</param>
/// <param name="IsFinalStateUnknown">
/// Whether the deletion itself was missed and only its result was found (client-go's DeletedFinalStateUnknown): then the
/// object may have changed after <paramref name="LastKnown"/>.
/// </param>
public readonly record struct ObjectDeleted<T>(T LastKnown, bool IsFinalStateUnknown)
    where T : class;
