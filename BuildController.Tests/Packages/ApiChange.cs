namespace BuildController.Tests.Packages;

/// <summary>How a public surface differs from its listing.</summary>
/// <param name="Added">Lines that are not listed, with their type.</param>
/// <param name="Removed">Lines that are listed and not there, with their type.</param>
internal sealed record ApiChange(IReadOnlyList<string> Added, IReadOnlyList<string> Removed)
{
    public static ApiChange None { get; } = new([], []);

    public static ApiChange Between(IEnumerable<string> listed, IEnumerable<string> now)
    {
        string[] before = [.. WithTypes(listed)], after = [.. WithTypes(now)];
        string[] added = [.. after.Except(before)], removed = [.. before.Except(after)];
        return added.Length + removed.Length == 0 ? None : new ApiChange(added, removed);
    }

    public override string ToString() =>
        string.Join('\n', Removed.Select(static line => $"- {line}").Concat(Added.Select(static line => $"+ {line}")));

    private static IEnumerable<string> WithTypes(IEnumerable<string> lines)
    {
        string type = string.Empty;
        foreach (string line in lines)
        {
            if (!line.StartsWith(' '))
                type = line;

            yield return line.StartsWith(' ') ? $"{type} | {line.Trim()}" : line;
        }
    }
}
