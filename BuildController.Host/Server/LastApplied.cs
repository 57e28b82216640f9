using System.Text.Json;
using System.Text.RegularExpressions;
using BuildController.Host.Server.Tables;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;

namespace BuildController.Host.Server;

/// <summary>
/// Lets kubectl go on on the server's side with what it began to apply on its own: fields that still are as its annotation says it applied
/// them last are its own, whoever else seems to have written them. As on a real server this holds for the manager <c>kubectl</c> alone.
/// </summary>
internal static partial class LastApplied
{
    private const string Manager = "kubectl";
    private const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";

    /// <inheritdoc cref="InMemoryCluster.Patch"/>
    public static ReadOnlyMemory<byte> Patch(
        InMemoryCluster cluster, ResourceDefinition type, ObjectKey key, string? subresource, Patch patch, WriteOptions options, out bool created)
    {
        try
        {
            return cluster.Patch(type, key, subresource, patch, options, out created);
        }
        catch (ApiException conflict) when (patch.Kind == PatchKind.Apply && options.FieldManager == Manager && conflict.IsConflict && Covers(cluster.Get(type, key), conflict.Causes))
        {
            return cluster.Patch(type, key, subresource, patch, options with { Force = true }, out created);
        }
    }

    private static bool Covers(ReadOnlyMemory<byte> json, IReadOnlyList<ApiStatusCause> conflicts)
    {
        using JsonDocument live = JsonDocument.Parse(json);
        if (conflicts.Count == 0 || live.RootElement.Text("metadata", "annotations", Annotation) is not { Length: > 0 } text)
            return false;

        try
        {
            using JsonDocument applied = JsonDocument.Parse(text);
            return applied.RootElement.Text("apiVersion") == live.RootElement.Text("apiVersion")
                && conflicts.All(conflict => conflict is { Type: "FieldManagerConflict", Field: { } field } && AreSame(applied.RootElement, live.RootElement, field));
        }
        catch (JsonException)
        {
            // Somebody has damaged the annotation: it says nothing.
            return false;
        }
    }

    /// <summary>Whether a field, as <c>.spec.ports[port=80].name</c>, is in both objects and has the same value.</summary>
    private static bool AreSame(JsonElement applied, JsonElement live, string field)
    {
        if (field.Length == 0)
            return JsonElement.DeepEquals(applied, live);

        if (ItemStep().Match(field) is { Success: true } step)
            return Item(applied, step) is { } appliedItem && Item(live, step) is { } liveItem && AreSame(appliedItem, liveItem, field[step.Length..]);

        if (field[0] != '.' || applied.ValueKind != JsonValueKind.Object)
            return false;

        // Names may contain dots, so that more than one may fit.
        return applied.EnumerateObject().Any(member =>
            field.AsSpan(1).StartsWith(member.Name, StringComparison.Ordinal)
            && (field.Length == member.Name.Length + 1 || field[member.Name.Length + 1] is '.' or '[')
            && live.Exists(member.Name)
            && AreSame(member.Value, live.At(member.Name), field[(member.Name.Length + 1)..]));
    }

    /// <summary>The item of a list whose keys have the values of the step.</summary>
    private static JsonElement? Item(JsonElement list, Match step)
    {
        CaptureCollection names = step.Groups["name"].Captures, values = step.Groups["value"].Captures;
        foreach (JsonElement item in list.Items())
        {
            if (Enumerable.Range(0, names.Count).All(i => item.At(names[i].Value) is { ValueKind: not JsonValueKind.Undefined } value && value.GetRawText() == values[i].Value))
                return item;
        }

        return null;
    }

    /// <summary>A step into a list: <c>[containerPort=80,protocol="TCP"]</c>.</summary>
    [GeneratedRegex("""^\[(?:(?<name>[^=,"\]]+)=(?<value>"(?:[^"\\]|\\.)*"|[^,"\]]+),?)+\]""")]
    private static partial Regex ItemStep();
}
