using System.Text.Json.Nodes;

namespace BuildController.Tests.Core.Sync;

/// <summary>A cluster without room for another pod.</summary>
internal static class Unschedulable
{
    public const string Message = "0/6 nodes are available: 6 Insufficient memory.";

    /// <summary>What the scheduler writes.</summary>
    public static JsonObject Status => new()
    {
        ["phase"] = "Pending",
        ["conditions"] = new JsonArray(new JsonObject
        {
            ["type"] = "PodScheduled",
            ["status"] = "False",
            ["reason"] = "Unschedulable",
            ["message"] = Message,
            ["lastTransitionTime"] = "2024-01-01T00:00:00Z",
        }),
    };
}
