namespace BuildController.Core.Rebuild;

/// <summary>How an attempt ended.</summary>
public enum AttemptOutcome
{
    /// <summary>With an image.</summary>
    Succeeded,

    /// <summary>Without one.</summary>
    Failed,

    /// <summary>Without one, and through no fault of its own; another attempt follows.</summary>
    Interrupted,
}
