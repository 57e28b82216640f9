using System.Text.Json;

namespace BuildController.Host.Server.Tables;

/// <summary>The columns of pods: what the containers' states add up to, as kubectl users know it.</summary>
internal static class PodColumns
{
    public static IReadOnlyList<TableColumn> All { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Ready", Ready) with { Description = "Containers that are ready, of all." },
        TableColumn.Text("Status", Status) with { Description = "The pod's phase, or why it is not what it should be." },
        new TableColumn("Restarts", "string", static (writer, value, now) => writer.WriteStringValue(Restarts(value, now))) { Description = "How often containers were restarted." },
        TableColumn.ObjectAge,
        TableColumn.TextOrNone("IP", static pod => pod.Text("status", "podIP")) with { Priority = 1 },
        TableColumn.TextOrNone("Node", static pod => pod.Text("spec", "nodeName")) with { Priority = 1 },
        TableColumn.TextOrNone("Nominated Node", static pod => pod.Text("status", "nominatedNodeName")) with { Priority = 1 },
        TableColumn.TextOrNone("Readiness Gates", ReadinessGates) with { Priority = 1 },
    ];

    private static string Ready(JsonElement pod)
    {
        int ready = pod.Items("status", "containerStatuses").Count(static status => status.IsTrue("ready") && status.Exists("state", "running"));
        return $"{ready}/{pod.Items("spec", "containers").Count}";
    }

    private static string Status(JsonElement pod)
    {
        string phase = pod.Text("status", "phase"), podReason = pod.Text("status", "reason");
        if (pod.Exists("metadata", "deletionTimestamp"))
        {
            if (podReason == "NodeLost")
                return "Unknown";
            if (phase is not ("Failed" or "Succeeded"))
                return "Terminating";
        }

        string reason = podReason.Length > 0 ? podReason : phase;
        return InitReason(pod) ?? ContainerReason(pod, reason);
    }

    private static string? InitReason(JsonElement pod)
    {
        IReadOnlyList<JsonElement> statuses = pod.Items("status", "initContainerStatuses");
        for (int i = 0; i < statuses.Count; i++)
        {
            JsonElement terminated = statuses[i].At("state", "terminated");
            string waiting = statuses[i].Text("state", "waiting", "reason");
            if (terminated.ValueKind == JsonValueKind.Object && terminated.Number("exitCode") == 0)
                continue;
            if (terminated.ValueKind == JsonValueKind.Object)
                return "Init:" + TerminatedReason(terminated);

            return waiting is not ("" or "PodInitializing") ? "Init:" + waiting : $"Init:{i}/{pod.Items("spec", "initContainers").Count}";
        }

        return null;
    }

    private static string ContainerReason(JsonElement pod, string reason)
    {
        bool hasRunning = false;
        foreach (JsonElement status in pod.Items("status", "containerStatuses").Reverse())
        {
            JsonElement state = status.At("state");
            if (state.Text("waiting", "reason") is { Length: > 0 } waiting)
                reason = waiting;
            else if (state.At("terminated") is { ValueKind: JsonValueKind.Object } terminated)
                reason = TerminatedReason(terminated);
            else
                hasRunning |= status.IsTrue("ready") && state.Exists("running");
        }

        if (reason != "Completed" || !hasRunning)
            return reason;

        bool ready = pod.Items("status", "conditions").Any(static condition => condition.Text("type") == "Ready" && condition.Text("status") == "True");
        return ready ? "Running" : "NotReady";
    }

    private static string TerminatedReason(JsonElement terminated) =>
        terminated.Text("reason") is { Length: > 0 } reason ? reason
        : terminated.Number("signal") is not 0 and var signal ? $"Signal:{signal}"
        : $"ExitCode:{terminated.Number("exitCode")}";

    private static string Restarts(JsonElement pod, DateTimeOffset now)
    {
        IReadOnlyList<JsonElement> statuses = pod.Items("status", "containerStatuses");
        long restarts = statuses.Sum(static status => status.Number("restartCount"));
        DateTimeOffset? last = statuses
            .Select(static status => status.At("lastState", "terminated", "finishedAt"))
            .Where(static time => time.ValueKind == JsonValueKind.String)
            .Select(static time => time.TryGetDateTimeOffset(out DateTimeOffset then) ? then : (DateTimeOffset?)null)
            .Max();
        return restarts > 0 && last is { } then ? $"{restarts} ({HumanDuration.Format(now - then)} ago)" : $"{restarts}";
    }

    private static string ReadinessGates(JsonElement pod)
    {
        IReadOnlyList<JsonElement> gates = pod.Items("spec", "readinessGates");
        int passed = gates.Count(gate => pod.Items("status", "conditions").Any(condition =>
            condition.Text("type") == gate.Text("conditionType") && condition.Text("status") == "True"));
        return gates.Count == 0 ? string.Empty : $"{passed}/{gates.Count}";
    }
}
