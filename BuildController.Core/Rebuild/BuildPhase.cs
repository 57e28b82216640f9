namespace BuildController.Core.Rebuild;

/// <summary>What the conditions of a pool should say about its builds.</summary>
internal abstract record BuildPhase
{
    private BuildPhase()
    {
    }

    /// <summary>Nothing has been built or tried for this config: the conditions say nothing new.</summary>
    public sealed record NotBuilt : BuildPhase
    {
        public static NotBuilt Instance { get; } = new();
    }

    /// <summary>An attempt is accepted.</summary>
    /// <param name="Message">What it waits for.</param>
    /// <param name="HasBuild">Whether its build object is there; if not, what kept it from being made may still do so.</param>
    public sealed record Pending(string Message, bool HasBuild) : BuildPhase;

    public sealed record Building(string Message) : BuildPhase;

    public sealed record Succeeded(string Message) : BuildPhase;

    public sealed record Interrupted(string Message) : BuildPhase;

    public sealed record Failed(FailureReason Reason, string Message, bool IsLimitReached) : BuildPhase;
}
