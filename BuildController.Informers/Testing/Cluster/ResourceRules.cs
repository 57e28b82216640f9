using System.Text.Json.Nodes;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>What sets a kind apart: its defaults, what makes it valid, how it may change and how it goes.</summary>
internal abstract class ResourceRules
{
    /// <summary>Whether a replace may leave out the resourceVersion.</summary>
    public virtual bool AllowsUnconditionalUpdate => true;

    /// <summary>Whether the server counts changes of the desired state.</summary>
    public virtual bool KeepsGeneration => false;

    /// <summary>Whether the server knows how the kind's lists merge.</summary>
    public virtual bool HasMergeSchema => true;

    /// <summary>Whether members set to null are as good as left out.</summary>
    public virtual bool DropsNulls => true;

    public virtual IEnumerable<string> CheckName(string name) => Names.CheckSubdomain(name);

    /// <summary>Whether the one who creates an object may give it a status.</summary>
    public virtual bool KeepsStatusOnCreate => false;

    /// <summary>Sets what a new object starts with, its status included.</summary>
    public virtual void PrepareForCreate(JsonObject root)
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

/// <summary>Core kinds without rules of their own.</summary>
internal sealed class PlainRules : ResourceRules
{
    public static readonly PlainRules Instance = new();
}

/// <summary>Nodes come with the status that their kubelet knows.</summary>
internal sealed class NodeRules : ResourceRules
{
    public static readonly NodeRules Instance = new();

    public override bool KeepsStatusOnCreate => true;
}

/// <summary>Leases must be replaced in the version that was read: leader election rests on it.</summary>
internal sealed class LeaseRules : ResourceRules
{
    public static readonly LeaseRules Instance = new();

    public override bool AllowsUnconditionalUpdate => false;
}

/// <summary>Namespaces start active and are labels of DNS.</summary>
internal sealed class NamespaceRules : ResourceRules
{
    public static readonly NamespaceRules Instance = new();

    public override IEnumerable<string> CheckName(string name) => Names.CheckLabel(name);

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
