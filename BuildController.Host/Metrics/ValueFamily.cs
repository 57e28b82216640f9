using System.Text;

namespace BuildController.Host.Metrics;

/// <summary>Counters and gauges: a value a series.</summary>
/// <param name="name">The family's name.</param>
/// <param name="help">What it counts, for people.</param>
/// <param name="isCounter">Whether it only grows.</param>
/// <param name="adds">Whether measurements are added up, or each is the value.</param>
internal sealed class ValueFamily(string name, string help, bool isCounter, bool adds) : MetricFamily(name, help)
{
    protected override string Type => isCounter ? "counter" : "gauge";

    protected override Series Make(string labels) => new Value(Name, labels, adds);

    private sealed class Value(string name, string labels, bool adds) : Series(labels)
    {
        private double current;

        public override void Record(double value) => current = adds ? current + value : value;

        public override void Write(StringBuilder text) => MetricText.Sample(text, name, Labels, current);
    }
}
