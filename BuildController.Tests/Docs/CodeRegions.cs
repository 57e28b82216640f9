namespace BuildController.Tests.Docs;

/// <summary>The <c>#region</c>s of a source file, as pages show them.</summary>
internal static class CodeRegions
{
    private const string Begin = "#region ";
    private const string End = "#endregion";

    /// <summary>The regions by name: without their indentation, and without the lines that mark regions, their own and those inside.</summary>
    /// <exception cref="FormatException">A region does not end, ends twice, or has a name that another one has.</exception>
    public static IReadOnlyDictionary<string, string> Of(string source)
    {
        var found = new Dictionary<string, string>();
        var open = new Stack<(string Name, List<string> Lines)>();
        foreach (string line in source.Split('\n'))
        {
            string trimmed = line.Trim();
            if (trimmed.StartsWith(Begin, StringComparison.Ordinal))
            {
                open.Push((trimmed[Begin.Length..].Trim(), []));
            }
            else if (trimmed == End)
            {
                if (!open.TryPop(out (string Name, List<string> Lines) region))
                    throw new FormatException("A region ends that has not begun.");

                if (!found.TryAdd(region.Name, Unindented(region.Lines)))
                    throw new FormatException($"There are two regions '{region.Name}'.");
            }
            else
            {
                foreach ((_, List<string> lines) in open)
                    lines.Add(line.TrimEnd());
            }
        }

        return open.Count == 0 ? found : throw new FormatException($"Region '{open.Peek().Name}' does not end.");
    }

    private static string Unindented(List<string> lines)
    {
        int indent = lines.Where(static line => line.Length > 0).Select(static line => line.Length - line.TrimStart().Length).DefaultIfEmpty().Min();
        return string.Join('\n', lines.Select(line => line.Length > 0 ? line[indent..] : line)).Trim('\n');
    }
}
