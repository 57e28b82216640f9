namespace BuildController.Host.Pools;

/// <summary>Where a command tells how far a rebuild is.</summary>
internal interface IProgressView
{
    /// <summary>It has got so far.</summary>
    Task TellAsync(RebuildProgress progress);

    /// <summary>Nothing further will be told.</summary>
    /// <param name="isGood">Whether it came out as the admin wanted.</param>
    /// <param name="message">How.</param>
    Task EndAsync(bool isGood, string message);
}
