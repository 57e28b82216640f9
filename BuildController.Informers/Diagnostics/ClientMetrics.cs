using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;

namespace BuildController.Informers.Diagnostics;

/// <summary>The instruments of all clientsets of one meter. While nobody listens they cost a look at a field.</summary>
internal sealed class ClientMetrics
{
    private const string NoAnswer = "<error>";

    private static readonly ConditionalWeakTable<Meter, ClientMetrics> ByMeter = [];

    /// <summary>client-go's, for both histograms.</summary>
    private static readonly InstrumentAdvice<double> Buckets = new() { HistogramBucketBoundaries = [.005, .025, .1, .25, .5, 1, 2, 4, 8, 15, 30, 60] };

    private readonly Counter<long> requests;
    private readonly Counter<long> retries;
    private readonly Histogram<double> duration;
    private readonly Histogram<double> limiterDuration;

    private ClientMetrics(Meter meter)
    {
        requests = meter.CreateCounter<long>(MetricNames.ClientRequests, "{request}", "Requests, by the code of the answer.");
        retries = meter.CreateCounter<long>(MetricNames.ClientRetries, "{request}", "Requests sent once more, by the failure before.");
        duration = meter.CreateHistogram(
            MetricNames.ClientRequestDuration, "s", "From the sending of a request until the headers of its answer.", tags: null, Buckets);
        limiterDuration = meter.CreateHistogram(
            MetricNames.ClientRateLimiterDuration, "s", "How long requests waited for the client's own rate limit.", tags: null, Buckets);
    }

    public static ClientMetrics Of(OperatorRuntime runtime) => ByMeter.GetValue(runtime.Meter, static meter => new ClientMetrics(meter));

    /// <summary>The headers of an answer have come.</summary>
    public void Answered(RequestVerb verb, string method, string host, int code, TimeSpan took)
    {
        if (requests.Enabled)
            Count(code.ToString(CultureInfo.InvariantCulture), method, host);

        if (duration.Enabled)
            duration.Record(took.TotalSeconds, Tag(MetricNames.VerbTag, verb.Name()), Tag(MetricNames.HostTag, host));
    }

    /// <summary>There was no answer, for whatever reason, the caller's own among them.</summary>
    public void NotAnswered(string method, string host) => Count(NoAnswer, method, host);

    /// <summary>A request is sent once more.</summary>
    /// <param name="verb">Its verb.</param>
    /// <param name="before">How it failed the last time.</param>
    public void Repeated(RequestVerb verb, ApiException before)
    {
        if (!retries.Enabled)
            return;

        string code = before.Code > 0 ? before.Code.ToString(CultureInfo.InvariantCulture) : before.Reason.ToString();
        retries.Add(1, Tag(MetricNames.VerbTag, verb.Name()), Tag(MetricNames.CodeTag, code));
    }

    /// <summary>A request has waited for the client's own rate limit, or not.</summary>
    public void Limited(RequestVerb verb, TimeSpan waited)
    {
        if (limiterDuration.Enabled)
            limiterDuration.Record(waited.TotalSeconds, Tag(MetricNames.VerbTag, verb.Name()));
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private void Count(string code, string method, string host) =>
        requests.Add(1, Tag(MetricNames.CodeTag, code), Tag(MetricNames.MethodTag, method), Tag(MetricNames.HostTag, host));
}
