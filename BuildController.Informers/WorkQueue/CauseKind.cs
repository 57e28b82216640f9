namespace BuildController.Informers.WorkQueue;

/// <summary>Why a key came into a queue.</summary>
public enum CauseKind
{
    /// <summary>Somebody asked for it who gave no other reason.</summary>
    Requested,

    /// <summary>An object was there when the handler began to listen.</summary>
    Initial,

    /// <summary>An object was created.</summary>
    Added,

    /// <summary>An object was changed.</summary>
    Updated,

    /// <summary>An object was deleted.</summary>
    Deleted,

    /// <summary>A resync was due, and nothing has changed.</summary>
    Resync,

    /// <summary>The reconciler asked to come back after a time.</summary>
    Requeued,

    /// <summary>The visit before failed, or was interrupted.</summary>
    Retried,
}
