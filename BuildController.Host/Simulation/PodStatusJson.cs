using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Host.Simulation;

/// <summary>The statuses that the simulated kubelet writes.</summary>
internal static class PodStatusJson
{
    public static Patch Creating(Pod pod, DateTimeOffset now) => Status(pod, new JsonObject
    {
        ["phase"] = "Pending",
        ["startTime"] = Time(now),
        ["conditions"] = new JsonArray(Condition("PodScheduled", "True", now)),
        ["containerStatuses"] = Containers(pod, _ => new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "ContainerCreating" } }),
    });

    public static Patch Waiting(Pod pod, string reason, string message) => Status(pod, new JsonObject
    {
        ["containerStatuses"] = Containers(pod, _ => new JsonObject { ["waiting"] = new JsonObject { ["reason"] = reason, ["message"] = message } }),
    });

    public static Patch Running(Pod pod, DateTimeOffset now) => Status(pod, new JsonObject
    {
        ["phase"] = "Running",
        ["conditions"] = new JsonArray(Condition("PodScheduled", "True", now), Condition("Ready", "True", now)),
        ["containerStatuses"] = Containers(pod, _ => RunningState(now)),
    });

    public static Patch Succeeded(Pod pod, DateTimeOffset now) => Status(pod, new JsonObject
    {
        ["phase"] = "Succeeded",
        ["containerStatuses"] = Containers(pod, _ => Terminated(0, "Completed", message: null, now)),
    });

    /// <summary>One container has failed; the others go on, so the pod still runs.</summary>
    public static Patch ContainerFailed(Pod pod, string container, string message, DateTimeOffset now) => Status(pod, new JsonObject
    {
        ["containerStatuses"] = Containers(pod, name => name == container ? Terminated(1, "Error", message, now) : RunningState(now)),
    });

    public static Patch Failed(Pod pod, string message, DateTimeOffset now) => Status(pod, new JsonObject
    {
        ["phase"] = "Failed",
        ["containerStatuses"] = Containers(pod, _ => Terminated(1, "Error", message, now)),
    });

    public static Patch DeadlineExceeded(Pod pod, DateTimeOffset now) => Status(pod, new JsonObject
    {
        ["phase"] = "Failed",
        ["reason"] = "DeadlineExceeded",
        ["message"] = "Pod was active on the node longer than the specified deadline",
        ["containerStatuses"] = Containers(pod, name =>
            pod.Status.ContainerStatuses.FirstOrDefault(status => status.Name == name)?.State?.Terminated is { } ended
                ? Terminated(ended.ExitCode, ended.Reason ?? "Error", ended.Message, ended.FinishedAt ?? now)
                : Terminated(137, "Error", message: null, now)),
    });

    private static Patch Status(Pod pod, JsonObject status) => Patch.Merge(new JsonObject
    {
        ["metadata"] = new JsonObject { ["resourceVersion"] = pod.Metadata.ResourceVersion },
        ["status"] = status,
    });

    private static JsonArray Containers(Pod pod, Func<string, JsonObject> state) => new([.. pod.Spec.Containers.Select(container =>
    {
        JsonObject current = state(container.Name);
        return (JsonNode)new JsonObject
        {
            ["name"] = container.Name,
            ["image"] = container.Image,
            ["imageID"] = string.Empty,
            ["ready"] = current.ContainsKey("running"),
            ["restartCount"] = 0,
            ["state"] = current,
        };
    })]);

    private static JsonObject RunningState(DateTimeOffset now) => new() { ["running"] = new JsonObject { ["startedAt"] = Time(now) } };

    private static JsonObject Terminated(int exitCode, string reason, string? message, DateTimeOffset now)
    {
        var terminated = new JsonObject { ["exitCode"] = exitCode, ["reason"] = reason, ["finishedAt"] = Time(now) };
        if (message is not null)
            terminated["message"] = message;

        return new JsonObject { ["terminated"] = terminated };
    }

    private static JsonObject Condition(string type, string status, DateTimeOffset now) =>
        new() { ["type"] = type, ["status"] = status, ["lastTransitionTime"] = Time(now) };

    private static string Time(DateTimeOffset time) => Rfc3339.Format(time);
}
