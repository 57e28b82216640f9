using System.Buffers;

namespace BuildController.Core.Images;

/// <summary>Checks image digests: <c>sha256:</c>, <c>sha384:</c> or <c>sha512:</c> and lower-case hex digits of the right number.</summary>
internal static class ImageDigest
{
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>Whether the text is a digest.</summary>
    public static bool IsValid(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return false;

        int? length = text[..colon] switch
        {
            "sha256" => 64,
            "sha384" => 96,
            "sha512" => 128,
            _ => null,
        };
        ReadOnlySpan<char> hex = text.AsSpan(colon + 1);
        return hex.Length == length && !hex.ContainsAnyExcept(Hex);
    }
}
