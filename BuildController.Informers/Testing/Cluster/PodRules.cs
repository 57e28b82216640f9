using System.Globalization;
using System.Text.Json.Nodes;
using BuildController.Informers.Testing.Cluster.Schemas;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Pods: defaults, a spec that hardly may change, and time to stop.</summary>
internal sealed class PodRules : ResourceRules
{
    public static readonly PodRules Instance = new();

    public override SchemaNode Schema => KindSchemas.Pod;

    private const string Immutable = "pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds`, `spec.tolerations` (only additions to existing tolerations) or `spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public override void PrepareForCreate(JsonObject root) => root["status"] = new JsonObject { ["phase"] = "Pending" };

    public override void Default(JsonObject root)
    {
        JsonObject spec = root.Ensure("spec");
        spec.Default("restartPolicy", "Always");
        spec.Default("terminationGracePeriodSeconds", 30);
        spec.Default("dnsPolicy", "ClusterFirst");
        spec.Default("schedulerName", "default-scheduler");
        spec.Default("enableServiceLinks", true);
        spec.Default("securityContext", new JsonObject());
        foreach (JsonObject container in Containers(spec, "containers").Concat(Containers(spec, "initContainers")))
        {
            container.Default("resources", new JsonObject());
            container.Default("terminationMessagePath", "/dev/termination-log");
            container.Default("terminationMessagePolicy", "File");
            container.Default("imagePullPolicy", IsMovingTag(container.Text("image") ?? string.Empty) ? "Always" : "IfNotPresent");
        }
    }

    public override void Validate(JsonObject root, FieldErrors errors)
    {
        JsonObject spec = root.Ensure("spec");
        if (spec.Array("containers") is not { Count: > 0 })
            errors.Required("spec.containers");

        ValidateContainers(spec, "containers", errors);
        ValidateContainers(spec, "initContainers", errors);
        if (spec.Text("restartPolicy") is not ("Always" or "OnFailure" or "Never") and var policy)
            errors.NotSupported("spec.restartPolicy", policy ?? string.Empty, "Always", "OnFailure", "Never");
    }

    public override void ValidateUpdate(JsonObject next, JsonObject old, FieldErrors errors)
    {
        JsonObject wanted = next.Ensure("spec").Copy(), present = old.Ensure("spec").Copy();
        if (OnlyAdds(present.Array("tolerations"), wanted.Array("tolerations")))
            wanted.TakeFrom("tolerations", present);

        CheckDeadline(present.Number("activeDeadlineSeconds"), wanted.Number("activeDeadlineSeconds"), errors);
        wanted.TakeFrom("activeDeadlineSeconds", present);
        if (present.Number("terminationGracePeriodSeconds") < 0 && wanted.Number("terminationGracePeriodSeconds") == 1)
            wanted.TakeFrom("terminationGracePeriodSeconds", present);

        TakeImages(wanted, present, "containers");
        TakeImages(wanted, present, "initContainers");
        if (!JsonNode.DeepEquals(wanted, present))
            errors.Forbidden("spec", Immutable);
    }

    /// <summary>
    /// A pod that nobody runs, not assigned to a node and without container statuses, or terminated, needs no time to stop.
    /// </summary>
    public override long? GracePeriod(JsonObject root, TimeSpan? asked)
    {
        JsonObject spec = root.Ensure("spec");
        JsonObject status = root.Object("status") ?? [];
        bool assigned = spec.Text("nodeName") is { Length: > 0 } || status.Array("containerStatuses") is { Count: > 0 };
        if (!assigned || status.Text("phase") is "Succeeded" or "Failed")
            return 0;

        long period = asked is { } given ? (long)given.TotalSeconds : spec.Number("terminationGracePeriodSeconds") ?? 30;
        return period < 0 ? 1 : period;
    }

    /// <summary>A deadline can be set and made shorter, and not be taken back.</summary>
    private static void CheckDeadline(long? present, long? wanted, FieldErrors errors)
    {
        const string Field = "spec.activeDeadlineSeconds";
        if (wanted is { } next && (next < 0 || next > int.MaxValue))
            errors.InvalidLiteral(Field, next.ToString(CultureInfo.InvariantCulture), "must be between 0 and 2147483647, inclusive");
        else if (present is { } old && wanted > old)
            errors.InvalidLiteral(Field, wanted.Value.ToString(CultureInfo.InvariantCulture), "must be less than or equal to previous value");
        else if (present is not null && wanted is null)
            errors.Invalid(Field, string.Empty, "must not update from a positive integer to nil value");
    }

    private static IEnumerable<JsonObject> Containers(JsonObject spec, string member) => (spec.Array(member) ?? []).OfType<JsonObject>();

    private static void ValidateContainers(JsonObject spec, string member, FieldErrors errors)
    {
        var seen = new HashSet<string>();
        int index = 0;
        foreach (JsonObject container in Containers(spec, member))
        {
            string field = $"spec.{member}[{index++}]";
            string name = container.Text("name") ?? string.Empty;
            if (name.Length == 0)
                errors.Required($"{field}.name");
            else if (!seen.Add(name))
                errors.Duplicate($"{field}.name", name);
            else
            {
                foreach (string complaint in Names.CheckLabel(name))
                    errors.Invalid($"{field}.name", name, complaint);
            }

            if (string.IsNullOrEmpty(container.Text("image")))
                errors.Required($"{field}.image");
        }
    }

    private static void TakeImages(JsonObject wanted, JsonObject present, string member)
    {
        foreach ((JsonObject next, JsonObject old) in Containers(wanted, member).Zip(Containers(present, member)))
            next.TakeFrom("image", old);
    }

    /// <summary>How long an old toleration tolerates may change.</summary>
    private static bool OnlyAdds(JsonArray? present, JsonArray? wanted) =>
        (present ?? []).All(old => (wanted ?? []).Any(next => JsonNode.DeepEquals(Timeless(old), Timeless(next))));

    private static JsonObject? Timeless(JsonNode? toleration)
    {
        JsonObject? copy = (toleration as JsonObject)?.Copy();
        copy?.Remove("tolerationSeconds");
        return copy;
    }

    private static bool IsMovingTag(string image)
    {
        if (image.Contains('@', StringComparison.Ordinal))
            return false;

        int tag = image.LastIndexOf(':');
        return tag <= image.LastIndexOf('/') || image.EndsWith(":latest", StringComparison.Ordinal);
    }
}
