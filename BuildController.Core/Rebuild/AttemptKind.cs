namespace BuildController.Core.Rebuild;

/// <summary>Why an attempt was begun.</summary>
public enum AttemptKind
{
    /// <summary>The first build of a rendered config. It does not count as a retry.</summary>
    FirstBuild,

    /// <summary>An admin asked for it. It counts.</summary>
    Rebuild,

    /// <summary>The attempt before was a victim of the cluster. It counts.</summary>
    Retry,

    /// <summary>The inputs that stopped the attempt before have changed. It does not count.</summary>
    InputsChanged,
}
