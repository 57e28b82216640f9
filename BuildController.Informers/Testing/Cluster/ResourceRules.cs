using System.Globalization;
using System.Text.Json.Nodes;
using BuildController.Informers.Testing.Cluster.Schemas;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>What sets a kind apart: its defaults, what makes it valid, how it may change and how it goes.</summary>
internal abstract class ResourceRules
{
    /// <summary>Whether a replace may leave out the resourceVersion.</summary>
    public virtual bool AllowsUnconditionalUpdate => true;

    /// <summary>Whether a replace makes an object that is not there.</summary>
    public virtual bool AllowsCreateOnUpdate => false;

    /// <summary>Whether the server counts changes of the desired state.</summary>
    public virtual bool KeepsGeneration => false;

    /// <summary>Whether the server knows how the kind's lists merge.</summary>
    public virtual bool HasMergeSchema => true;

    /// <summary>Whether members set to null are as good as left out.</summary>
    public virtual bool DropsNulls => true;

    /// <summary>What the objects look like, as far as it is known; null where a definition says it, or nobody.</summary>
    public virtual SchemaNode? Schema => null;

    public virtual IEnumerable<string> CheckName(string name) => Names.CheckSubdomain(name);

    /// <summary>Whether the one who creates an object may give it a status.</summary>
    public virtual bool KeepsStatusOnCreate => false;

    /// <summary>Sets what a new object starts with, its status included.</summary>
    public virtual void PrepareForCreate(JsonObject root)
    {
    }

    /// <summary>Puts back what an update may not change, and does not say so.</summary>
    public virtual void PrepareForUpdate(JsonObject next, JsonObject old)
    {
    }

    /// <summary>Notes that an object is asked to go, and what must happen first.</summary>
    public virtual void PrepareForDelete(JsonObject root, string now)
    {
    }

    /// <summary>Fills in what the client left out; at every write.</summary>
    public virtual void Default(JsonObject root)
    {
    }

    /// <summary>Refuses values of the wrong type, as decoding does on a server: with a <see cref="FormatException"/>.</summary>
    public virtual void CheckTypes(JsonObject root)
    {
    }

    public virtual void Validate(JsonObject root, FieldErrors errors)
    {
    }

    public virtual void ValidateUpdate(JsonObject next, JsonObject old, FieldErrors errors)
    {
    }

    /// <summary>Seconds that the object has to stop by itself; null where the kind goes without grace.</summary>
    public virtual long? GracePeriod(JsonObject root, TimeSpan? asked) => null;
}

/// <summary>Kinds that a CustomResourceDefinition describes.</summary>
internal sealed class CustomResourceRules : ResourceRules
{
    public static readonly CustomResourceRules Instance = new();

    public override bool AllowsUnconditionalUpdate => false;

    public override bool KeepsGeneration => true;

    public override bool HasMergeSchema => false;

    public override bool DropsNulls => false;
}

/// <summary>Service accounts name their secrets, and say no more of them.</summary>
internal sealed class ServiceAccountRules : ResourceRules
{
    public static readonly ServiceAccountRules Instance = new();

    public override SchemaNode Schema => KindSchemas.ServiceAccount;

    public override void Default(JsonObject root)
    {
        foreach (JsonObject secret in (root.Array("secrets") ?? []).OfType<JsonObject>())
        {
            foreach (string member in secret.Select(static one => one.Key).Where(static name => name != "name").ToArray())
                secret.Remove(member);
        }
    }
}

/// <summary>Nodes come with the status that their kubelet knows.</summary>
internal sealed class NodeRules : ResourceRules
{
    public static readonly NodeRules Instance = new();

    public override bool KeepsStatusOnCreate => true;

    public override SchemaNode Schema => KindSchemas.Node;
}

/// <summary>Leases must be replaced in the version that was read: leader election rests on it.</summary>
internal sealed class LeaseRules : ResourceRules
{
    public static readonly LeaseRules Instance = new();

    public override bool AllowsUnconditionalUpdate => false;

    public override bool AllowsCreateOnUpdate => true;

    public override SchemaNode Schema => KindSchemas.Lease;

    public override void Validate(JsonObject root, FieldErrors errors)
    {
        if (root.Object("spec") is not { } spec)
            return;

        if (spec.Number("leaseDurationSeconds") is <= 0 and var duration)
            errors.InvalidLiteral("spec.leaseDurationSeconds", duration.ToString(CultureInfo.InvariantCulture), "must be greater than 0");

        if (spec.Number("leaseTransitions") is < 0 and var transitions)
            errors.InvalidLiteral("spec.leaseTransitions", transitions.ToString(CultureInfo.InvariantCulture), "must be greater than or equal to 0");
    }
}

/// <summary>Namespaces start active and are labels of DNS.</summary>
internal sealed class NamespaceRules : ResourceRules
{
    public static readonly NamespaceRules Instance = new();

    public override IEnumerable<string> CheckName(string name) => Names.CheckLabel(name);

    public override SchemaNode Schema => KindSchemas.Namespace;

    /// <summary>Finalizers of the namespace's contents are taken away by a subresource of their own.</summary>
    public override void PrepareForUpdate(JsonObject next, JsonObject old) => next.TakeFrom("spec", old);

    public override void PrepareForCreate(JsonObject root)
    {
        root["status"] = new JsonObject { ["phase"] = "Active" };
        root.Ensure("spec")["finalizers"] = new JsonArray("kubernetes");
    }

    public override void Default(JsonObject root)
    {
        JsonObject metadata = root.Ensure("metadata");
        if (metadata.Text("name") is { Length: > 0 } name)
            metadata.Ensure("labels")["kubernetes.io/metadata.name"] = name;
    }
}
