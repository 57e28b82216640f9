using System.Text;

namespace BuildController.Host.Server.Health;

/// <summary>
/// What <c>/healthz</c>, <c>/livez</c> and <c>/readyz</c> answer, in the form of a real server: scripts ask for single checks and read the
/// verbose lines.
/// </summary>
internal sealed class HealthReport
{
    // Real servers have dozens. These are the ones that people ask for by name, and the one that can fail here.
    private static readonly string[] Always = ["ping", "log", "etcd"];
    private const string ShutDown = "shutdown";

    private readonly string endpoint;
    private readonly string[] checks;
    private readonly bool isStopping;

    /// <param name="endpoint"><c>healthz</c>, <c>livez</c> or <c>readyz</c>.</param>
    /// <param name="isStopping">Whether the server stops: it lives still, but is not ready.</param>
    public HealthReport(string endpoint, bool isStopping)
    {
        this.endpoint = endpoint;
        this.isStopping = isStopping;
        checks = endpoint == "readyz" ? [.. Always, ShutDown] : Always;
    }

    /// <summary>All checks.</summary>
    /// <param name="verbose">Whether each is told, as those that fail always are.</param>
    /// <param name="excluded">Those that are not asked.</param>
    public (bool IsHealthy, string Text) All(bool verbose, IReadOnlyList<string> excluded)
    {
        var text = new StringBuilder();
        bool isHealthy = true;
        foreach (string check in checks)
        {
            if (excluded.Contains(check))
            {
                text.Append($"[+]{check} excluded: ok\n");
                continue;
            }

            bool passes = Passes(check);
            isHealthy &= passes;
            text.Append(passes ? $"[+]{check} ok\n" : $"[-]{check} failed: reason withheld\n");
        }

        string[] unknown = [.. excluded.Except(checks)];
        if (unknown.Length > 0)
            text.Append($"warn: some health checks cannot be excluded: no matches for {string.Join(", ", unknown.Select(static one => $"\"{one}\""))}\n");

        text.Append($"{endpoint} check {(isHealthy ? "passed" : "failed")}\n");
        return (isHealthy, verbose || !isHealthy ? text.ToString() : "ok");
    }

    /// <summary>One check.</summary>
    /// <returns>Null if there is none of that name.</returns>
    public (bool IsHealthy, string Text)? One(string check) =>
        !checks.Contains(check) ? null
        : Passes(check) ? (true, "ok")
        : (false, $"internal server error: {check} failed\n");

    private bool Passes(string check) => check != ShutDown || !isStopping;
}
