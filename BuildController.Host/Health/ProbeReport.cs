using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BuildController.Host.Health;

/// <summary>What a probe is told of the checks that it stands for, in the form of Kubernetes' own components.</summary>
internal static class ProbeReport
{
    /// <summary>Whether the probe succeeds: what is merely degraded mends itself.</summary>
    public static bool IsPassed(HealthReport report) => report.Status != HealthStatus.Unhealthy;

    /// <summary><c>ok</c>, or a line for each check.</summary>
    /// <param name="report">How the checks came out.</param>
    /// <param name="probe">The probe's name.</param>
    /// <param name="isVerbose">Whether to list the checks though they have passed.</param>
    public static string Text(HealthReport report, string probe, bool isVerbose)
    {
        if (IsPassed(report) && !isVerbose)
            return "ok";

        var text = new StringBuilder();
        foreach ((string name, HealthReportEntry check) in report.Entries)
        {
            string mark = check.Status == HealthStatus.Unhealthy ? "-" : "+";
            text.Append('[').Append(mark).Append(']').Append(name).Append(' ').Append(Word(check.Status));
            text.Append(": ").Append(check.Description?.ReplaceLineEndings(" ") ?? check.Exception?.Message).Append('\n');
        }

        return text.Append(probe).Append(" check ").Append(IsPassed(report) ? "passed" : "failed").Append('\n').ToString();
    }

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "ok",
        HealthStatus.Degraded => "degraded",
        _ => "failed",
    };
}
