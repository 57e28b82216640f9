namespace BuildController.Tests.Docs;

/// <summary>A fenced block of C# on a page.</summary>
/// <param name="Line">The line of its opening fence, from 1.</param>
/// <param name="Source">The code that it shows, as <c>File.cs#region</c>; null where the page does not say.</param>
/// <param name="Text">What is between the fences.</param>
internal sealed record CodeBlock(int Line, string? Source, string Text)
{
    private const string Fence = "```";
    private const string CommentStart = "<!-- code: ";
    private const string CommentEnd = " -->";

    /// <summary>
    /// The C# blocks of a page. What a block shows is said in a comment on the line before it, <c>&lt;!-- code: File.cs#region --&gt;</c>, which
    /// readers do not see, or after the language, <c>```csharp File.cs#region</c>.
    /// </summary>
    /// <exception cref="FormatException">A block does not end.</exception>
    public static IEnumerable<CodeBlock> Of(string page)
    {
        string[] lines = page.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal))
                continue;

            int end = Array.IndexOf(lines, Fence, i + 1);
            if (end < 0)
                throw new FormatException($"The block that begins in line {i + 1} does not end.");

            string[] info = lines[i][Fence.Length..].Split(' ', 2, StringSplitOptions.TrimEntries);
            if (info[0] is "csharp" or "cs" or "c#")
                yield return new CodeBlock(i + 1, info.ElementAtOrDefault(1) ?? Comment(lines, i), string.Join('\n', lines[(i + 1)..end]));

            i = end;
        }
    }

    private static string? Comment(string[] lines, int fence)
    {
        string before = fence > 0 ? lines[fence - 1].Trim() : string.Empty;
        return before.StartsWith(CommentStart, StringComparison.Ordinal) && before.EndsWith(CommentEnd, StringComparison.Ordinal)
            ? before[CommentStart.Length..^CommentEnd.Length].Trim()
            : null;
    }
}
