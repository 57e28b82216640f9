using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildController.Tests.Host.Metrics;

/// <summary>Reads Prometheus' text format 0.0.4 by its rules, and throws at the first line that breaks one.</summary>
internal sealed partial class PrometheusText
{
    private readonly Dictionary<string, string> types = [];

    private PrometheusText()
    {
    }

    public IReadOnlyDictionary<string, string> Types => types;

    /// <summary>Each sample: its name with its labels as they are written, and its value.</summary>
    public Dictionary<string, double> Samples { get; } = [];

    public static PrometheusText Parse(string text)
    {
        if (!text.EndsWith('\n'))
            throw new FormatException("The last line must end with a line feed.");

        var parsed = new PrometheusText();
        var helped = new HashSet<string>();
        string family = string.Empty;
        var closed = new HashSet<string>();
        foreach (string line in text[..^1].Split('\n'))
        {
            if (Help().Match(line) is { Success: true } help)
            {
                Begin(help.Groups[1].Value);
                if (!helped.Add(family))
                    throw new FormatException($"A second HELP for {family}.");
            }
            else if (Type().Match(line) is { Success: true } type)
            {
                Begin(type.Groups[1].Value);
                if (!parsed.types.TryAdd(family, type.Groups[2].Value))
                    throw new FormatException($"A second TYPE for {family}.");
            }
            else if (Sample().Match(line) is { Success: true } sample)
            {
                string name = sample.Groups[1].Value;
                bool isOfFamily = name == family || (parsed.types[family] == "histogram" && name.StartsWith(family, StringComparison.Ordinal) && name[family.Length..] is "_bucket" or "_sum" or "_count");
                if (!isOfFamily)
                    throw new FormatException($"{name} stands under {family}.");

                string value = sample.Groups[3].Value;
                double number = value switch
                {
                    "+Inf" => double.PositiveInfinity,
                    "-Inf" => double.NegativeInfinity,
                    _ => double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture),
                };
                if (!parsed.Samples.TryAdd(name + sample.Groups[2].Value, number))
                    throw new FormatException($"The sample {line} comes twice.");
            }
            else
            {
                throw new FormatException($"This is no line of the format: {line}");
            }
        }

        return parsed;

        void Begin(string name)
        {
            if (name == family)
                return;

            if (!closed.Add(name))
                throw new FormatException($"The family {name} is in two pieces.");

            family = name;
        }
    }

    [GeneratedRegex(@"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\\n]|\\\\|\\n)*)$")]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$")]
    private static partial Regex Type();

    [GeneratedRegex("""^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*",?)+\})? ([-+.0-9eE]+|NaN|[+-]Inf)$""")]
    private static partial Regex Sample();
}
