namespace BuildController.Informers.WorkQueue;

/// <summary>The priorities that controllers use; any other number is as good.</summary>
public static class WorkPriority
{
    /// <summary>Live changes: 0.</summary>
    public const int Normal = 0;

    /// <summary>
    /// What is looked at because it is there, at a start or a resync, and not because it changed: −100, as controller-runtime's. Live
    /// changes do not wait behind thousands of these.
    /// </summary>
    public const int Low = -100;
}
