using System.Text.RegularExpressions;
using BuildController.Tests.Docs;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Manifests;

/// <summary>docs/operations.md names every metric and every reason that there is, and none that there is not.</summary>
[TestFixture]
public sealed class MetricsPageTests
{
    private static string Page => File.ReadAllText(Repository.PathOf("docs", "operations.md"));

    [Test]
    public void Every_metric_is_documented()
    {
        string[] documented = [.. Regex.Matches(Page, @"^\| `([a-z_]+)(?:\{[a-z,]+\})?` \| (?:counter|gauge|histogram) \|", RegexOptions.Multiline).Select(static match => match.Groups[1].Value)];

        documented.Should().OnlyHaveUniqueItems().And.BeEquivalentTo(MetricCatalog.Names);
    }

    [Test]
    public void Every_reason_of_a_failure_is_in_the_troubleshooting_table()
    {
        string[] reasons = [.. Enum.GetNames<BuildController.Core.Rebuild.FailureReason>().Except(["None"])];

        foreach (string reason in reasons)
            Page.Should().MatchRegex($"(?m)^\\| [^|]*`{reason}`[^|]*\\|[^|]+\\|[^|]+\\|$");
    }

    [Test]
    public void Every_alert_of_the_manifests_is_explained()
    {
        string[] alerts = [.. Regex.Matches(File.ReadAllText(Repository.PathOf("BuildController.Host", "Manifests", "monitoring.yaml")), @"alert: (\w+)").Select(static match => match.Groups[1].Value)];

        alerts.Should().HaveCountGreaterThan(6);
        foreach (string alert in alerts)
            Page.Should().Contain($"| `{alert}` |");
    }
}
