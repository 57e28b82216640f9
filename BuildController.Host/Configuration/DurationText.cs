using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace BuildController.Host.Configuration;

/// <summary>Durations as Kubernetes' own commands take them: <c>500ms</c>, <c>90s</c>, <c>1h30m</c>.</summary>
internal static partial class DurationText
{
    private const double LongestSeconds = 1_000_000_000;

    private static readonly (string Unit, TimeSpan Length)[] Units =
        [("h", TimeSpan.FromHours(1)), ("m", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1)), ("ms", TimeSpan.FromMilliseconds(1))];

    public static bool TryParse(string text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        if (!Whole().IsMatch(text))
            return false;

        double seconds = 0;
        foreach (Match part in Part().Matches(text))
        {
            TimeSpan unit = Units.Single(one => one.Unit == part.Groups[2].Value).Length;
            seconds += double.Parse(part.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * unit.TotalSeconds;
        }

        if (seconds > LongestSeconds)
            return false;

        value = TimeSpan.FromSeconds(seconds);
        return true;
    }

    public static string Write(TimeSpan value)
    {
        if (value == TimeSpan.Zero)
            return "0s";

        var text = new StringBuilder();
        foreach ((string unit, TimeSpan length) in Units)
        {
            long count = value.Ticks / length.Ticks;
            value -= length * count;
            if (count > 0)
                text.Append(CultureInfo.InvariantCulture, $"{count}{unit}");
        }

        return text.ToString();
    }

    [GeneratedRegex("^([0-9]{1,9}(\\.[0-9]{1,9})?(ms|h|m|s))+\\z")]
    private static partial Regex Whole();

    [GeneratedRegex("([0-9]+(?:\\.[0-9]+)?)(ms|h|m|s)")]
    private static partial Regex Part();
}
