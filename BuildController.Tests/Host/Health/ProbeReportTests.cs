using BuildController.Host.Health;
using FluentAssertions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NUnit.Framework;

namespace BuildController.Tests.Host.Health;

[TestFixture]
public sealed class ProbeReportTests
{
    [Test]
    public void A_probe_that_passes_says_ok() => ProbeReport.Text(Report(("a", HealthStatus.Healthy, "well")), "livez", isVerbose: false).Should().Be("ok");

    [Test]
    public void A_probe_that_fails_lists_its_checks()
    {
        HealthReport report = Report(("informers", HealthStatus.Unhealthy, "pods: has not\nsynced"), ("stopping", HealthStatus.Healthy, "runs"));

        ProbeReport.IsPassed(report).Should().BeFalse();
        ProbeReport.Text(report, "readyz", isVerbose: false).Should().Be("[-]informers failed: pods: has not synced\n[+]stopping ok: runs\nreadyz check failed\n");
    }

    [Test]
    public void What_is_degraded_passes_and_is_told_to_who_asks()
    {
        HealthReport report = Report(("queue", HealthStatus.Degraded, "slow"));

        ProbeReport.IsPassed(report).Should().BeTrue();
        ProbeReport.Text(report, "livez", isVerbose: true).Should().Be("[+]queue degraded: slow\nlivez check passed\n");
    }

    private static HealthReport Report(params (string Name, HealthStatus Status, string Description)[] checks) => new(
        checks.ToDictionary(static check => check.Name, static check => new HealthReportEntry(check.Status, check.Description, TimeSpan.Zero, null, null)), TimeSpan.Zero);
}
