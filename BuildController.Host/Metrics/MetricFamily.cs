using System.Text;

namespace BuildController.Host.Metrics;

/// <summary>All series of one instrument, in the text format 0.0.4. Safe for concurrent use.</summary>
/// <param name="name">The family's name.</param>
/// <param name="help">What it counts, for people.</param>
internal abstract class MetricFamily(string name, string help)
{
    private readonly Dictionary<string, Series> series = new(StringComparer.Ordinal);

    protected Lock Gate { get; } = new();

    protected string Name => name;

    /// <summary>What the format calls the type.</summary>
    protected abstract string Type { get; }

    /// <summary>Takes a measurement.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = MetricText.Labels(tags);
        lock (Gate)
        {
            if (!series.TryGetValue(labels, out Series? found))
                series[labels] = found = Make(labels);

            found.Record(value);
        }
    }

    /// <summary>Forgets all series: those of a gauge that is asked are only as old as the question.</summary>
    public void Clear()
    {
        lock (Gate)
            series.Clear();
    }

    /// <summary>Writes the family; nothing where there is no series.</summary>
    public void Write(StringBuilder text)
    {
        lock (Gate)
        {
            if (series.Count == 0)
                return;

            text.Append("# HELP ").Append(name).Append(' ').Append(MetricText.Help(help)).Append('\n');
            text.Append("# TYPE ").Append(name).Append(' ').Append(Type).Append('\n');
            foreach (Series one in series.Values.OrderBy(static one => one.Labels, StringComparer.Ordinal))
                one.Write(text);
        }
    }

    protected abstract Series Make(string labels);

    /// <summary>The measurements with the same tags.</summary>
    protected abstract class Series(string labels)
    {
        public string Labels => labels;

        public abstract void Record(double value);

        public abstract void Write(StringBuilder text);
    }
}
