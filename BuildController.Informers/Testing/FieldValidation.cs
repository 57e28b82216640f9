namespace BuildController.Informers.Testing;

/// <summary>What a write does with fields that the kind does not have. None of them keeps such a field.</summary>
public enum FieldValidation
{
    /// <summary>Drops them, and warns of each.</summary>
    Warn,

    /// <summary>Drops them in silence.</summary>
    Ignore,

    /// <summary>Refuses the write as a bad request.</summary>
    Strict,
}
