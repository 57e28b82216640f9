namespace BuildController.Informers.Cache;

internal enum NotificationType
{
    Added,
    AddedInitially,
    Updated,
    Deleted,
    DeletedFinalStateUnknown,

    /// <summary>Nothing has changed; for handlers only whose resync is due.</summary>
    Resynced,

    /// <summary>Everything of the initial list has been told.</summary>
    Synced,
}

/// <summary>What a handler is to be told.</summary>
internal readonly record struct Notification<T>(NotificationType Type, T? Object = null, T? Old = null)
    where T : class;
