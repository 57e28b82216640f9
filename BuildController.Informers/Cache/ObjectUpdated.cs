namespace BuildController.Informers.Cache;

/// <summary>
/// An object that changed. Several changes may have come together in one: what a disconnected watch missed is seen as the
/// difference between before and after.
/// </summary>
/// <typeparam name="T">The object type.</typeparam>
/// <param name="Old">The object that the handler was told of last.</param>
/// <param name="New">The object as it is now. Of the same UID as the old one: one created again comes as deleted, then added.</param>
public readonly record struct ObjectUpdated<T>(T Old, T New)
    where T : class
{
    /// <summary>Whether nothing has changed, and the handler is told because its resync is due; then old and new are the same instance.</summary>
    public bool IsResync => ReferenceEquals(Old, New);
}
