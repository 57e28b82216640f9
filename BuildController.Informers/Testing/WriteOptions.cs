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

    /// <summary>What becomes of fields that the kind does not have: they are never kept. The default is to warn, as servers do.</summary>
    public FieldValidation FieldValidation { get; init; }

    /// <summary>
    /// Told of each thing that the writer is warned of, within the call: take it down, and call nothing. The default is null, for those who do
    /// not care.
    /// </summary>
    public Action<string>? OnWarning { get; init; }
}
