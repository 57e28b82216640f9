using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster.Definitions;

/// <summary>The status of a definition: what names it has, and how far it is.</summary>
internal sealed class DefinitionStatus(JsonObject root, string now)
{
    private readonly JsonObject status = root.Ensure("status");

    public JsonObject AcceptedNames
    {
        get => status.Ensure("acceptedNames");
        set => status["acceptedNames"] = value;
    }

    public bool Is(string condition) => Find(condition)?.Text("status") == "True";

    public JsonObject? Find(string condition) =>
        (status.Array("conditions") ?? []).OfType<JsonObject>().FirstOrDefault(one => one.Text("type") == condition);

    /// <summary>Sets a condition; its time is that of its last change to true, false or unknown.</summary>
    public void Set(string condition, string value, string reason, string message)
    {
        status.Default("conditions", new JsonArray());
        if (Find(condition) is not { } present)
        {
            present = new JsonObject { ["type"] = condition, ["status"] = value, ["lastTransitionTime"] = now };
            status.Array("conditions")!.Add((JsonNode)present);
        }
        else if (present.Text("status") != value)
        {
            (present["status"], present["lastTransitionTime"]) = (value, now);
        }

        (present["reason"], present["message"]) = (reason, message);
    }
}
