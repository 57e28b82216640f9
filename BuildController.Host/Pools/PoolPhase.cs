namespace BuildController.Host.Pools;

/// <summary>How far a pool's image is.</summary>
internal enum PoolPhase
{
    /// <summary>Nobody wants an image of it.</summary>
    NotLayered,

    /// <summary>Nothing was built or tried yet.</summary>
    NotBuilt,

    /// <summary>A build is accepted and does not run yet.</summary>
    Pending,

    /// <summary>A build runs.</summary>
    Building,

    /// <summary>The newest build succeeded.</summary>
    Built,

    /// <summary>The newest build failed.</summary>
    Failed,

    /// <summary>The newest build was a victim of the cluster, and is tried again.</summary>
    Interrupted,

    /// <summary>The newest build failed, and requests are refused until the counter is removed.</summary>
    RetryLimitReached,
}
