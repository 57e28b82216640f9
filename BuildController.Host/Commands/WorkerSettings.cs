using BuildController.Core.Rebuild;
using BuildController.Core.Sync;
using BuildController.Host.Configuration;
using BuildController.Informers.LeaderElection;

namespace BuildController.Host.Commands;

/// <summary>What the worker was asked to do.</summary>
internal sealed record WorkerSettings
{
    private static readonly TimeSpan LongestGrace = TimeSpan.FromSeconds(15);

    public required ConnectionSettings Connection { get; init; }

    /// <summary>The port of the embedded API server; null for a free one.</summary>
    public int? Port { get; init; }

    public required ImageBuildOptions Build { get; init; }

    /// <summary>How long a pool waits after an event; null for what suits the cluster.</summary>
    public TimeSpan? UpdateDelay { get; init; }

    /// <summary>Whether to compete for the lease; null for what suits the cluster.</summary>
    public bool? LeaderElect { get; init; }

    public required LeaderElectionOptions Election { get; init; }

    /// <summary>Where metrics and health are served; null for nowhere.</summary>
    public ListenAddress? MetricsAddress { get; init; }

    /// <summary>Where the collector is, and the OTEL_ variables, which say the rest; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Otlp { get; init; }

    public required LogSettings Logs { get; init; }

    public TimeSpan ShutdownTimeout { get; init; }

    /// <summary>Makes sense of what was set; what does not go together is noted with the values.</summary>
    public static WorkerSettings From(SettingValues values, IReadOnlyDictionary<string, string> environment, bool isVerbose)
    {
        CheckTimes(values);
        TimeSpan shutdown = values.Get(Settings.ShutdownTimeout);
        TimeSpan grace = shutdown * 0.6;
        return new WorkerSettings
        {
            Connection = ConnectionSettings.From(values),
            Build = new ImageBuildOptions
            {
                Namespace = values.Get(Settings.Namespace),
                Workers = values.Get(Settings.Workers),
                BuilderImage = values.Get(Settings.BuilderImage),

                // What is left of the bound is for giving the lease up.
                StopGracePeriod = grace < LongestGrace ? grace : LongestGrace,
                Policy = PolicyOf(values),
            },
            UpdateDelay = values.Get(Settings.UpdateDelay),
            LeaderElect = values.Get(Settings.LeaderElect),
            Election = ElectionOf(values),
            MetricsAddress = values.Get(Settings.MetricsAddress),
            Otlp = OtlpOf(values, environment),
            Logs = LogSettings.From(values, isVerbose),
            ShutdownTimeout = shutdown,
        };
    }

    private static RebuildPolicy PolicyOf(SettingValues values) => RebuildPolicy.Default with
    {
        RetryLimit = values.Get(Settings.RetryLimit),
        AttemptDeadline = values.Get(Settings.AttemptDeadline),
        PendingDeadline = values.Get(Settings.PendingDeadline),
        DigestGrace = values.Get(Settings.DigestGrace),
        RetryDelay = values.Get(Settings.RetryDelay),
        MaxRetryDelay = values.Get(Settings.MaxRetryDelay),
        RebuildOnInputChange = values.Get(Settings.RebuildOnInputChange),
    };

    private static LeaderElectionOptions ElectionOf(SettingValues values) => new()
    {
        Namespace = values.Get(Settings.LeaseNamespace) ?? values.Get(Settings.Namespace),
        Name = values.Get(Settings.LeaseName),
        LeaseDuration = values.Get(Settings.LeaseDuration),
        RenewDeadline = values.Get(Settings.RenewDeadline),
        RetryPeriod = values.Get(Settings.RetryPeriod),
    };

    private static Dictionary<string, string>? OtlpOf(SettingValues values, IReadOnlyDictionary<string, string> environment)
    {
        const string Prefix = "OTEL_", Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
        var variables = environment.Where(static variable => variable.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary();
        if (values.Get(Settings.OtlpEndpoint) is { } endpoint)
            variables[Endpoint] = endpoint.OriginalString;

        return variables.TryGetValue(Endpoint, out string? found) && found.Length > 0 ? variables : null;
    }

    private static void CheckTimes(SettingValues values)
    {
        if (values.Get(Settings.LeaseDuration) <= values.Get(Settings.RenewDeadline))
            Contradict(values, Settings.LeaseDuration, "is not longer than", Settings.RenewDeadline, "or others take the lease while its holder still leads");

        if (values.Get(Settings.RenewDeadline) <= values.Get(Settings.RetryPeriod) * LeaderElectionJitter)
            Contradict(values, Settings.RenewDeadline, "is not longer than 1.2 times", Settings.RetryPeriod, "or one failed renewal ends the term");

        if (values.Get(Settings.MaxRetryDelay) < values.Get(Settings.RetryDelay))
            Contradict(values, Settings.MaxRetryDelay, "is shorter than", Settings.RetryDelay, "or the first retry waits longer than any may");

        if (values.Get(Settings.AttemptDeadline) < values.Get(Settings.PendingDeadline))
            Contradict(values, Settings.AttemptDeadline, "is shorter than", Settings.PendingDeadline, "or a build is over before it must run");
    }

    /// <summary>client-go's, as <see cref="LeaderElectionOptions"/> demands it.</summary>
    private const double LeaderElectionJitter = 1.2;

    private static void Contradict(SettingValues values, Setting<TimeSpan> one, string how, Setting<TimeSpan> other, string why) => values.Reject(
        $"{values.NameOf(one)}: '{DurationText.Write(values.Get(one))}' {how} {values.NameOf(other)}, '{DurationText.Write(values.Get(other))}': raise the one or lower the other, {why}.");
}
