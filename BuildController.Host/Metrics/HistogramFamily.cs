using System.Text;

namespace BuildController.Host.Metrics;

/// <summary>Histograms: cumulative buckets, a sum and a count a series.</summary>
/// <param name="name">The family's name.</param>
/// <param name="help">What is measured, for people.</param>
/// <param name="boundaries">The upper bounds of the buckets, growing; the last, of everything, comes by itself.</param>
internal sealed class HistogramFamily(string name, string help, IReadOnlyList<double> boundaries) : MetricFamily(name, help)
{
    private readonly string[] bounds = [.. boundaries.Select(MetricText.Number)];

    private IReadOnlyList<double> Boundaries => boundaries;

    protected override string Type => "histogram";

    protected override Series Make(string labels) => new Histogram(this, labels);

    private sealed class Histogram(HistogramFamily family, string labels) : Series(labels)
    {
        private readonly long[] counts = new long[family.bounds.Length + 1];
        private double sum;

        public override void Record(double value)
        {
            int bucket = 0;
            while (bucket < family.Boundaries.Count && !(value <= family.Boundaries[bucket]))
                bucket++;

            counts[bucket]++;
            sum += value;
        }

        public override void Write(StringBuilder text)
        {
            long total = 0;
            for (int i = 0; i < counts.Length; i++)
            {
                total += counts[i];
                string bound = i < family.bounds.Length ? family.bounds[i] : "+Inf";
                MetricText.Sample(text, $"{family.Name}_bucket", MetricText.With(Labels, "le", bound), total);
            }

            MetricText.Sample(text, $"{family.Name}_sum", Labels, sum);
            MetricText.Sample(text, $"{family.Name}_count", Labels, total);
        }
    }
}
