using BuildController.Core.Rebuild;
using BuildController.Core.Sync;
using BuildController.Informers.LeaderElection;
using Microsoft.Extensions.Logging;

namespace BuildController.Host.Configuration;

/// <summary>The table of all settings. Defaults are the library's own wherever it has one.</summary>
internal static class Settings
{
    private static readonly ImageBuildOptions Build = new();
    private static readonly RebuildPolicy Policy = RebuildPolicy.Default;
    private static readonly LeaderElectionOptions Election = new();
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static Setting<string?> Kubeconfig { get; } = new("kubeconfig", SettingKinds.Path, null, "Work on the cluster of this kubeconfig.");

    public static Setting<string?> Context { get; } = new("context", SettingKinds.ContextName, null, "Which context of the kubeconfig.") { DefaultNote = "its current one" };

    public static Setting<Uri?> Server { get; } = new("server", SettingKinds.Server, null, "Work on the cluster at this URL.");

    public static Setting<string?> TokenFile { get; } = new(
        "token-file", SettingKinds.Path, null, "A file with the bearer token for the server; read again when it changes.");

    public static Setting<string?> CertificateAuthority { get; } = new(
        "certificate-authority", SettingKinds.Path, null, "A file with the certificates to trust for the server, PEM.") { DefaultNote = "the system's" };

    public static Setting<bool> InsecureSkipTlsVerify { get; } = new(
        "insecure-skip-tls-verify", SettingKinds.Switch, false, "Trust whatever answers as the server: for tests only.");

    public static Setting<string> Namespace { get; } = new(
        "namespace", SettingKinds.Namespace, Build.Namespace, "The namespace of builds and their inputs.") { Alias = "-n" };

    public static Setting<int> Workers { get; } = new(
        "workers", SettingKinds.Number("number of workers", 1, 100), Build.Workers, "How many pools are worked on at once.");

    public static Setting<TimeSpan?> UpdateDelay { get; } = new(
        "update-delay", SettingKinds.OrUnset(SettingKinds.Duration(TimeSpan.Zero, TimeSpan.FromMinutes(10))), null,
        "How long a pool waits after an event, so that a burst of events is answered once.") { DefaultNote = $"{DurationText.Write(Build.UpdateDelay)}; 200ms on the embedded cluster" };

    public static Setting<int> RetryLimit { get; } = new(
        "retry-limit", SettingKinds.Number("number of retries", 0, 1000), Policy.RetryLimit, "How many rebuilds and retries may be tried until one succeeds.");

    public static Setting<TimeSpan> AttemptDeadline { get; } = new(
        "attempt-deadline", SettingKinds.Duration(TimeSpan.FromMinutes(1), 24 * Hour), Policy.AttemptDeadline, "How long a build may take, from its acceptance to its end.");

    public static Setting<TimeSpan> PendingDeadline { get; } = new(
        "pending-deadline", SettingKinds.Duration(10 * Second, 24 * Hour), Policy.PendingDeadline, "How long a build may be there until it runs.");

    public static Setting<TimeSpan> DigestGrace { get; } = new(
        "digest-grace", SettingKinds.Duration(Second, Hour), Policy.DigestGrace, "How long to wait for the digest of a build that has succeeded.");

    public static Setting<TimeSpan> RetryDelay { get; } = new(
        "retry-delay", SettingKinds.Duration(100 * Millisecond, Hour), Policy.RetryDelay, "The delay before the first automatic retry; it doubles with each.");

    public static Setting<TimeSpan> MaxRetryDelay { get; } = new(
        "max-retry-delay", SettingKinds.Duration(100 * Millisecond, 24 * Hour), Policy.MaxRetryDelay, "The longest delay before an automatic retry.");

    public static Setting<bool> RebuildOnInputChange { get; } = new(
        "rebuild-on-input-change", SettingKinds.Switch, Policy.RebuildOnInputChange, "Build anew by itself when the custom Containerfile or the base images change.");

    public static Setting<string> BuilderImage { get; } = new(
        "builder-image", SettingKinds.Image, Build.BuilderImage, "The image that runs buildah in build pods.");

    public static Setting<bool?> LeaderElect { get; } = new(
        "leader-elect", SettingKinds.OrUnset(SettingKinds.Switch), null, "Work only while this process holds the lease.") { DefaultNote = "true on a real cluster, false on the embedded one" };

    public static Setting<string?> LeaseNamespace { get; } = new(
        "lease-namespace", SettingKinds.OptionalNamespace, null, "The namespace of the lease.") { DefaultNote = "that of builds" };

    public static Setting<string> LeaseName { get; } = new("lease-name", SettingKinds.LeaseName, "machine-os-builder", "The name of the lease.");

    public static Setting<TimeSpan> LeaseDuration { get; } = new(
        "lease-duration", SettingKinds.Duration(Second, Hour), Election.LeaseDuration, "How long others leave a lease alone that they do not see renewed.");

    public static Setting<TimeSpan> RenewDeadline { get; } = new(
        "renew-deadline", SettingKinds.Duration(100 * Millisecond, Hour), Election.RenewDeadline, "How long after its last renewal the holder leads; less than lease-duration.");

    public static Setting<TimeSpan> RetryPeriod { get; } = new(
        "retry-period", SettingKinds.Duration(50 * Millisecond, Hour), Election.RetryPeriod, "The time between two tries to renew or get the lease; 1.2 times it is less than renew-deadline.");

    public static Setting<ListenAddress?> MetricsAddress { get; } = new(
        "metrics-address", SettingKinds.Address, null, "Where /metrics, /healthz, /livez and /readyz are served, over plain HTTP.");

    public static Setting<Uri?> OtlpEndpoint { get; } = new(
        "otlp-endpoint", SettingKinds.Endpoint, null, "The OpenTelemetry collector to send metrics and traces to.") { DefaultNote = "OTEL_EXPORTER_OTLP_ENDPOINT, or none" };

    public static Setting<LogLevel> LogLevel { get; } = new(
        "log-level",
        SettingKinds.Choice(
            "log level",
            ("trace", Microsoft.Extensions.Logging.LogLevel.Trace), ("debug", Microsoft.Extensions.Logging.LogLevel.Debug), ("information", Microsoft.Extensions.Logging.LogLevel.Information),
            ("warning", Microsoft.Extensions.Logging.LogLevel.Warning), ("error", Microsoft.Extensions.Logging.LogLevel.Error), ("none", Microsoft.Extensions.Logging.LogLevel.None)),
        Microsoft.Extensions.Logging.LogLevel.Information, "From which level on to log, to standard error.");

    public static Setting<LogFormat> LogFormat { get; } = new(
        "log-format", SettingKinds.Choice("log format", ("text", Configuration.LogFormat.Text), ("json", Configuration.LogFormat.Json)), Configuration.LogFormat.Text,
        "One line of text, or one JSON object, an entry.");

    public static Setting<TimeSpan> ShutdownTimeout { get; } = new(
        "shutdown-timeout", SettingKinds.Duration(Second, Hour), TimeSpan.FromSeconds(25),
        "How long a stop may take; then what runs is left behind, and the lease expires instead of being given up.");

    /// <summary>Which cluster.</summary>
    public static IReadOnlyList<Setting> OfConnection { get; } = [Kubeconfig, Context, Server, TokenFile, CertificateAuthority, InsecureSkipTlsVerify];

    /// <summary>All, in the order in which people read them.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        .. OfConnection,
        Namespace, Workers, UpdateDelay, RetryLimit, AttemptDeadline, PendingDeadline, DigestGrace, RetryDelay, MaxRetryDelay, RebuildOnInputChange, BuilderImage,
        LeaderElect, LeaseNamespace, LeaseName, LeaseDuration, RenewDeadline, RetryPeriod,
        MetricsAddress, OtlpEndpoint, LogLevel, LogFormat, ShutdownTimeout,
    ];
}
