using System.Globalization;
using System.Text;

namespace ClusterTop;

/// <summary>One look at the pods: counts by node, phase and namespace, and what the copy of them costs.</summary>
internal static class TopView
{
    private const int Shown = 10;

    /// <summary>Writes the page. Of each table the ten largest rows are shown.</summary>
    /// <param name="pods">The pods of one moment.</param>
    /// <param name="bytes">By how much the heap has grown since there was no copy: the copy, and what keeps it up to date.</param>
    public static string Of(IReadOnlyCollection<PodRow> pods, long bytes)
    {
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"{pods.Count} pods, {pods.Sum(static pod => (long)pod.Restarts)} restarts. Their copy takes {Math.Max(0, bytes) / 1024.0 / 1024.0:0.0} MB.");
        Table(page, "PHASE", pods.CountBy(static pod => pod.Phase));
        Table(page, "NODE", pods.CountBy(static pod => pod.Node.Length > 0 ? pod.Node : "(none)"));
        Table(page, "NAMESPACE", pods.CountBy(static pod => pod.Key.Namespace));
        return page.ToString();
    }

    private static void Table(StringBuilder page, string title, IEnumerable<KeyValuePair<string, int>> counts)
    {
        KeyValuePair<string, int>[] rows = [.. counts.OrderByDescending(static row => row.Value).ThenBy(static row => row.Key, StringComparer.Ordinal)];
        int width = rows.Take(Shown).Select(static row => row.Key.Length).Append(title.Length).Max();
        page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{title.PadRight(width)}  PODS");
        foreach ((string name, int count) in rows.Take(Shown))
            page.AppendLine(CultureInfo.InvariantCulture, $"{name.PadRight(width)}  {count,4}");

        if (rows.Length > Shown)
            page.AppendLine(CultureInfo.InvariantCulture, $"and {rows.Length - Shown} more");
    }
}
