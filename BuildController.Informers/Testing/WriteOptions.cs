namespace BuildController.Informers.Testing;

/// <summary>What a write says of itself, beside the object.</summary>
public sealed record WriteOptions
{
    /// <summary>Who writes; required for server-side apply.</summary>
    public string? FieldManager { get; init; }

    /// <summary>Whether a server-side apply takes fields that other managers own. The default is false.</summary>
    public bool Force { get; init; }

    /// <summary>Whether everything is done but keeping the result. The default is false.</summary>
    public bool DryRun { get; init; }
}
