using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BuildController.Host.Server.Tables;

/// <summary>
/// The part of JSONPath that printer columns use: members (with <c>\.</c> for a dot, or quoted in brackets), indexes,
/// <c>[*]</c> and filters that compare one member with a string, number or boolean.
/// </summary>
internal sealed class JsonPath
{
    private readonly List<Step> steps;

    private JsonPath(List<Step> steps) => this.steps = steps;

    private delegate IEnumerable<JsonElement> Step(JsonElement element);

    /// <exception cref="FormatException">The text is no path of this kind.</exception>
    public static JsonPath Parse(string text)
    {
        var steps = new List<Step>();
        int position = 0;
        while (position < text.Length)
            steps.Add(text[position] == '[' ? ParseBracket(text, ref position) : ParseMember(text, ref position));

        return new JsonPath(steps);
    }

    /// <summary>The first value that the path leads to, or <see langword="default"/>, of kind Undefined.</summary>
    public JsonElement First(JsonElement root)
    {
        IEnumerable<JsonElement> found = [root];
        foreach (Step step in steps)
            found = found.SelectMany(element => step(element));

        return found.FirstOrDefault();
    }

    private static Step ParseMember(string text, ref int position)
    {
        if (text[position] == '.')
            position++;

        var name = new StringBuilder();
        for (; position < text.Length && text[position] is not ('.' or '['); position++)
        {
            if (text[position] == '\\' && position + 1 < text.Length)
                position++;

            name.Append(text[position]);
        }

        return name.Length > 0 ? Member(name.ToString()) : throw Malformed(text);
    }

    private static Step ParseBracket(string text, ref int position)
    {
        int end = BracketEnd(text, position);
        string inner = text[(position + 1)..end].Trim();
        position = end + 1;
        if (inner == "*")
            return Each;
        if (inner.StartsWith("?(", StringComparison.Ordinal) && inner.EndsWith(')'))
            return Filter(inner[2..^1].Trim(), text);
        if (Quoted(inner) is { } name)
            return Member(name);

        return int.TryParse(inner, CultureInfo.InvariantCulture, out int index) ? Index(index) : throw Malformed(text);
    }

    private static int BracketEnd(string text, int start)
    {
        char quote = '\0';
        for (int i = start + 1, depth = 1; i < text.Length; i++)
        {
            char c = text[i];
            if (quote != '\0')
                quote = c == quote ? '\0' : quote;
            else if (c is '"' or '\'')
                quote = c;
            else if (c == '[')
                depth++;
            else if (c == ']' && --depth == 0)
                return i;
        }

        throw Malformed(text);
    }

    private static Step Member(string name) => element => element.At(name) is { ValueKind: not JsonValueKind.Undefined } value ? [value] : [];

    private static Step Index(int index) => element =>
    {
        IReadOnlyList<JsonElement> items = element.Items();
        int at = index < 0 ? items.Count + index : index;
        return at >= 0 && at < items.Count ? [items[at]] : [];
    };

    private static IEnumerable<JsonElement> Each(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject().Select(static member => member.Value) : element.Items();

    private static Step Filter(string condition, string text)
    {
        bool negated = false;
        int at = condition.IndexOf("==", StringComparison.Ordinal);
        if (at < 0)
        {
            at = condition.IndexOf("!=", StringComparison.Ordinal);
            negated = true;
        }

        if (at < 0 || condition[0] != '@')
            throw Malformed(text);

        JsonPath left = Parse(condition[1..at].Trim());
        string right = condition[(at + 2)..].Trim();
        right = Quoted(right) ?? right;
        return element => Each(element).Where(item => (left.First(item).ToString() == right) != negated);
    }

    private static string? Quoted(string text) =>
        text.Length >= 2 && text[0] is '"' or '\'' && text[^1] == text[0] ? text[1..^1] : null;

    private static FormatException Malformed(string text) => new($"'{text}' is no JSON path that a printer column may have.");
}
