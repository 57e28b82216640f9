using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildController.Informers.Testing.Cluster.Definitions;

/// <summary>Orders versions as servers do: <c>v2, v1, v2beta1, v1alpha2, v1alpha1</c>, and then whatever has no such form, by its letters.</summary>
internal sealed partial class VersionPriority : IComparer<string>
{
    public static readonly VersionPriority Instance = new();

    public int Compare(string? x, string? y)
    {
        (int Stability, int Major, int Minor) first = Parse(x!), second = Parse(y!);
        return first == default && second == default ? string.CompareOrdinal(x, y) : second.CompareTo(first);
    }

    private static (int Stability, int Major, int Minor) Parse(string version)
    {
        Match match = Form().Match(version);
        return match.Success
            ? (match.Groups[2].Value switch { "" => 3, "beta" => 2, _ => 1 }, Number(match.Groups[1].Value), Number(match.Groups[3].Value))
            : default;
    }

    private static int Number(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    [GeneratedRegex(@"^v([0-9]+)(?:(alpha|beta)([0-9]+))?\z")]
    private static partial Regex Form();
}
