using System.Diagnostics.Metrics;
using BuildController.Host.Metrics;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Metrics;

[TestFixture]
public sealed class PrometheusExporterTests
{
    private Meter meter = null!;
    private PrometheusExporter exporter = null!;

    [SetUp]
    public void Listen()
    {
        meter = new Meter("tests");
        exporter = new PrometheusExporter(one => ReferenceEquals(one, meter));
    }

    [TearDown]
    public void Stop()
    {
        exporter.Dispose();
        meter.Dispose();
    }

    [Test]
    public void Counters_grow_and_names_that_end_as_they_should_stay()
    {
        Counter<long> counter = meter.CreateCounter<long>("adds_total", "{key}", "Adds.");
        counter.Add(2, new KeyValuePair<string, object?>("name", "pools"));
        counter.Add(3, new KeyValuePair<string, object?>("name", "pools"));
        counter.Add(1, new KeyValuePair<string, object?>("name", "pods"));

        exporter.Scrape().Should().Be("""
            # HELP adds_total Adds.
            # TYPE adds_total counter
            adds_total{name="pods"} 1
            adds_total{name="pools"} 5

            """);
    }

    [Test]
    public void Counters_without_the_ending_get_it_and_units_come_before_it()
    {
        meter.CreateCounter<long>("dotnet.gc.collections", "{collection}").Add(1);
        meter.CreateCounter<double>("dotnet.gc.pause.time", "s").Add(.5);
        meter.CreateObservableUpDownCounter("dotnet.memory", static () => 7L, "By");
        meter.CreateCounter<double>("waited_seconds_total", "s").Add(1);

        Scrape().Samples.Should().Equal(new Dictionary<string, double>
        {
            ["dotnet_gc_collections_total"] = 1, ["dotnet_gc_pause_time_seconds_total"] = .5, ["dotnet_memory_bytes"] = 7, ["waited_seconds_total"] = 1,
        });
    }

    [Test]
    public void Up_down_counters_add_and_gauges_replace()
    {
        UpDownCounter<int> upDown = meter.CreateUpDownCounter<int>("inside");
        upDown.Add(5);
        upDown.Add(-2);
        Gauge<double> gauge = meter.CreateGauge<double>("level");
        gauge.Record(1);
        gauge.Record(.25);

        PrometheusText text = Scrape();

        text.Samples.Should().Equal(new Dictionary<string, double> { ["inside"] = 3, ["level"] = .25 });
        text.Types.Values.Should().AllBe("gauge");
    }

    [Test]
    public void What_is_observed_is_asked_at_each_scrape_and_what_is_not_there_any_more_is_not_told()
    {
        List<Measurement<int>> present = [new(1, new KeyValuePair<string, object?>("name", "a")), new(2, new KeyValuePair<string, object?>("name", "b"))];
        meter.CreateObservableGauge("depth", () => present);
        Scrape().Samples.Should().HaveCount(2);

        present = [new(9, new KeyValuePair<string, object?>("name", "b"))];

        Scrape().Samples.Should().Equal(new Dictionary<string, double> { ["depth{name=\"b\"}"] = 9 });
    }

    [Test]
    public void Histograms_have_cumulative_buckets_by_their_advice()
    {
        Histogram<double> histogram = meter.CreateHistogram("took_seconds", "s", "How long.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [.1, 1] });
        foreach (double value in (double[])[.05, .1, .5, 20])
            histogram.Record(value, new KeyValuePair<string, object?>("verb", "get"));

        exporter.Scrape().Should().Be("""
            # HELP took_seconds How long.
            # TYPE took_seconds histogram
            took_seconds_bucket{verb="get",le="0.1"} 2
            took_seconds_bucket{verb="get",le="1"} 3
            took_seconds_bucket{verb="get",le="+Inf"} 4
            took_seconds_sum{verb="get"} 20.65
            took_seconds_count{verb="get"} 4

            """);
    }

    [Test]
    public void Histograms_without_advice_have_sensible_buckets()
    {
        meter.CreateHistogram<int>("took").Record(3);

        Scrape().Samples.Should().HaveCountGreaterThan(10).And.Contain("took_bucket{le=\"2.5\"}", 0).And.Contain("took_bucket{le=\"5\"}", 1);
    }

    [Test]
    public void Quotes_backslashes_and_line_feeds_are_escaped_and_names_are_mended()
    {
        meter.CreateCounter<int>("1.strange-name", description: "Back\\slash\nand line.").Add(1, new("a.b", "say \"hi\"\\\n"), new("nothing", null), new("flag", true));

        exporter.Scrape().Should().Be(
            "# HELP _1_strange_name_total Back\\\\slash\\nand line.\n# TYPE _1_strange_name_total counter\n_1_strange_name_total{a_b=\"say \\\"hi\\\"\\\\\\n\",flag=\"true\"} 1\n");
        Scrape().Samples.Should().HaveCount(1);
    }

    [Test]
    public void Two_types_of_one_name_do_not_mix()
    {
        meter.CreateHistogram<int>("same", null, null, tags: null, new InstrumentAdvice<int> { HistogramBucketBoundaries = [] }).Record(5);
        meter.CreateGauge<int>("same").Record(1);
        meter.CreateGauge<double>("other").Record(double.NaN);
        meter.CreateGauge<double>("another").Record(double.NegativeInfinity);

        Scrape().Samples.Should().HaveCount(5).And.Contain("same_count", 1).And.NotContainKey("same");
    }

    [Test]
    public void Meters_that_are_not_asked_for_are_not_heard()
    {
        using var other = new Meter("tests");
        other.CreateCounter<int>("foreign").Add(1);

        exporter.Scrape().Should().BeEmpty();
    }

    [Test]
    public async Task Measurements_from_many_threads_all_count()
    {
        Counter<int> counter = meter.CreateCounter<int>("adds");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(task => Task.Run(() =>
        {
            for (int i = 0; i < 5000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("key", i % 7));
                if (i % 1000 == 0)
                    exporter.Scrape();
            }
        })));

        Scrape().Samples.Values.Sum().Should().Be(20_000);
    }

    private PrometheusText Scrape() => PrometheusText.Parse(exporter.Scrape());
}
