using System.Buffers;

namespace BuildController.Informers.Api;

/// <summary>Reads the text form of label selectors, by hand: five forms, split at commas outside parentheses.</summary>
internal static class LabelSelectorParser
{
    /// <summary>As API servers have it, which refuse a selector that no object could match.</summary>
    private const int LongestValue = 63;

    private static readonly SearchValues<char> Reserved = SearchValues.Create(" ()=!,");

    public static LabelRequirement[] Parse(string text) => [.. SplitTerms(text).Select(term => ParseTerm(term.Trim(), text))];

    private static IEnumerable<string> SplitTerms(string text)
    {
        int depth = 0, start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '(')
                depth++;
            else if (text[i] == ')')
                depth--;
            else if (text[i] == ',' && depth == 0)
            {
                yield return text[start..i];
                start = i + 1;
            }

            if (depth is < 0 or > 1)
                throw Malformed(text, "its parentheses do not match");
        }

        if (depth != 0)
            throw Malformed(text, "its parentheses do not match");

        yield return text[start..];
    }

    private static LabelRequirement ParseTerm(string term, string text)
    {
        if (term.Length == 0)
            throw Malformed(text, "a condition is empty");

        if (term.EndsWith(')'))
            return ParseSet(term, text);

        int notEqual = term.IndexOf("!=", StringComparison.Ordinal);
        if (notEqual > 0)
            return new LabelRequirement(Key(term[..notEqual], text), LabelOperator.NotIn, [Value(term[(notEqual + 2)..], text)]);

        int equal = term.IndexOf('=', StringComparison.Ordinal);
        if (equal > 0)
            return new LabelRequirement(Key(term[..equal], text), LabelOperator.In, [Value(term[equal..].TrimStart('='), text)]);

        return term[0] == '!'
            ? new LabelRequirement(Key(term[1..], text), LabelOperator.DoesNotExist, [])
            : new LabelRequirement(Key(term, text), LabelOperator.Exists, []);
    }

    private static LabelRequirement ParseSet(string term, string text)
    {
        int open = term.IndexOf('(', StringComparison.Ordinal);
        string[] head = term[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (head.Length != 2 || head[1] is not ("in" or "notin"))
            throw Malformed(text, $"expected 'key in (…)' or 'key notin (…)', found '{term}'");

        string[] values = [.. term[(open + 1)..^1].Split(',').Select(value => Value(value, text))];
        return new LabelRequirement(Key(head[0], text), head[1] == "in" ? LabelOperator.In : LabelOperator.NotIn, values);
    }

    private static string Key(string key, string text)
    {
        key = key.Trim();
        return key.Length > 0 && !key.AsSpan().ContainsAny(Reserved)
            ? key
            : throw Malformed(text, $"'{key}' is no label key");
    }

    private static string Value(string value, string text)
    {
        value = value.Trim();
        if (value.Length > LongestValue)
            throw Malformed(text, $"'{value}' has {value.Length} characters, label values have {LongestValue} at most");

        return !value.AsSpan().ContainsAny(Reserved) ? value : throw Malformed(text, $"'{value}' is no label value");
    }

    private static FormatException Malformed(string text, string why) => new($"Malformed label selector '{text}': {why}.");
}
