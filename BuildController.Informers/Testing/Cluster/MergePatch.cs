using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>RFC 7386.</summary>
internal static class MergePatch
{
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject change)
            return patch?.DeepClone();

        JsonObject result = target is JsonObject present ? present.Copy() : [];
        Into(result, change);
        return result;
    }

    private static void Into(JsonObject target, JsonObject change)
    {
        foreach ((string name, JsonNode? value) in change)
        {
            if (value is null)
                target.Remove(name);
            else if (value is not JsonObject members)
                target[name] = value.DeepClone();
            else
                Into(target.Ensure(name), members);
        }
    }
}
