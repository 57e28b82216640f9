namespace BuildController.Informers.Api;

/// <summary>
/// Compares versions where they may be compared: Kubernetes declares (since 1.35) that versions of one resource which are
/// decimal numbers are ordered as such, of any length. All others are opaque, and equal or not.
/// </summary>
internal static class ResourceVersions
{
    /// <summary>Whether two versions are ordered.</summary>
    public static bool AreComparable(string first, string second) => IsNumber(first) && IsNumber(second);

    /// <summary>Whether a version is the one wanted or, where that can be known, a later one.</summary>
    public static bool HasReached(string version, string wanted) =>
        version == wanted || (AreComparable(version, wanted) && Compare(version, wanted) >= 0);

    /// <summary>Orders two decimal numbers.</summary>
    public static int Compare(string first, string second)
    {
        ReadOnlySpan<char> a = first.AsSpan().TrimStart('0'), b = second.AsSpan().TrimStart('0');
        return a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.CompareTo(b, StringComparison.Ordinal);
    }

    private static bool IsNumber(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
}
