using System.Globalization;
using System.Text;

namespace BuildController.Host.Metrics;

/// <summary>The lexical rules of Prometheus' text format 0.0.4.</summary>
internal static class MetricText
{
    /// <summary>The name of a metric: what is not allowed becomes an underscore.</summary>
    public static string Name(string name) => Clean(name, allowsColon: true);

    /// <summary>Tags as labels, without the braces, in the order of their names; a tag that is null is left out.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return string.Empty;

        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, object? value) in tags)
        {
            if (value is not null)
                labels[Clean(key, allowsColon: false)] = value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
        }

        return string.Join(',', labels.Select(static label => Label(label.Key, label.Value)));
    }

    public static string With(string labels, string name, string value) => labels.Length == 0 ? Label(name, value) : $"{labels},{Label(name, value)}";

    public static string Help(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    public static void Sample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Label(string name, string value) => $"{name}=\"{Help(value).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Clean(string name, bool allowsColon)
    {
        var clean = new StringBuilder(name.Length);
        foreach (char letter in name)
            clean.Append(char.IsAsciiLetterOrDigit(letter) || (allowsColon && letter == ':') ? letter : '_');

        return clean.Length == 0 || char.IsAsciiDigit(clean[0]) ? $"_{clean}" : clean.ToString();
    }
}
