using System.Text;

namespace BuildController.Host.Pools;

/// <summary>Columns as kubectl prints them: as wide as their widest cell, three spaces apart, and never wrapped, so that they can be cut by tools.</summary>
internal static class PlainTable
{
    private const int Gap = 3;

    public static string Write(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] all = [header, .. rows];
        int[] widths = [.. header.Select((_, column) => all.Max(row => row[column].Length) + Gap)];
        var text = new StringBuilder();
        foreach (IReadOnlyList<string> row in all)
        {
            for (int column = 0; column < row.Count - 1; column++)
                text.Append(row[column].PadRight(widths[column]));

            text.Append(row[^1]).Append('\n');
        }

        return text.ToString();
    }
}
