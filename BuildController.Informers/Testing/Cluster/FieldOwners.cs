using System.Text.Json.Nodes;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Who owns which fields of an object, and what server-side apply makes of it.</summary>
/// <remarks>
/// Ownership is kept from the creation on. An object whose owners were forgotten, as a client may ask by an empty entry, is not tracked
/// until it is applied: what it has then belongs to <c>before-first-apply</c>.
/// </remarks>
internal sealed class FieldOwners(ResourceDefinition type, string now)
{
    private const string BeforeFirstApply = "before-first-apply";

    private readonly FieldSet fields = new(type);

    /// <summary>Works out what an object becomes by an apply.</summary>
    /// <param name="live">The object as it is, or null if there is none.</param>
    /// <param name="applied">What the manager wants.</param>
    /// <param name="subresource">Where it was sent to.</param>
    /// <param name="options">Who the manager is, and whether it insists.</param>
    /// <returns>The object, with its owners.</returns>
    /// <exception cref="ApiException">The manager is not named, or others own what it wants to change.</exception>
    public (JsonObject Root, JsonArray Owners) Apply(JsonObject? live, JsonObject applied, string? subresource, WriteOptions options)
    {
        string manager = ManagerOf(options);
        applied = applied.Copy();
        Json.RemoveNulls(applied);
        if (type.HasStatus && subresource is null)
            applied.Remove("status");
        else if (subresource is not null)
            KeepStatusOnly(applied);

        CheckTyped(applied, live);
        JsonObject wanted = fields.Of(applied);
        if (live is null)
            return (applied, new JsonArray(Entry(manager, "Apply", subresource, wanted)));

        List<Owner> owners = [.. Read(live)];
        if (owners.Count == 0)
            owners.Add(new Owner(BeforeFirstApply, "Update", null, fields.Of(live), Entry(BeforeFirstApply, "Update", null, fields.Of(live))));

        Owner? own = owners.Find(owner => owner.Is(manager, "Apply", subresource));
        List<Owner> others = [.. owners.Where(owner => owner != own)];
        JsonObject merged = fields.Merge(live, applied);
        JsonObject changed = fields.Changed(live, merged);
        Owner[] conflicting = [.. others.Where(owner => FieldTree.Intersect(changed, owner.Fields) is not null)];
        if (conflicting.Length > 0 && !options.Force)
            throw Conflict(conflicting, changed);

        if (own is not null && FieldTree.Subtract(own.Fields, wanted) is { } dropped)
        {
            JsonObject kept = others.Aggregate(new JsonObject(), static (all, owner) => FieldTree.Union(all, owner.Fields));
            kept.Remove(".");
            if (FieldTree.Unclaimed(dropped, kept) is { } orphaned)
                FieldTree.Remove(merged, orphaned);
        }

        IEnumerable<JsonNode?> entries = others
            .Select(owner => Array.IndexOf(conflicting, owner) < 0 ? owner.Entry : Changed(owner, FieldTree.Subtract(owner.Fields, changed)))
            .Append(own is not null && JsonNode.DeepEquals(own.Fields, wanted) ? own.Entry : Entry(manager, "Apply", subresource, wanted));
        return (merged, InOrder(entries));
    }

    /// <summary>Whether a client asks to forget the owners.</summary>
    public static bool IsReset(JsonObject sent) => sent.Object("metadata")?.Array("managedFields") is [] or [JsonObject { Count: 0 }];

    /// <summary>The owner of a new object: who made it.</summary>
    public JsonArray AfterCreate(JsonObject root, WriteOptions options)
    {
        JsonObject set = fields.Of(root);
        if (type.HasStatus && !type.Rules.KeepsStatusOnCreate)
            set.Remove("f:status");

        return set.Count > 0 ? new JsonArray(Entry(WriterOf(options), "Update", null, set)) : [];
    }

    /// <summary>The owners after a write that is no apply: the writer owns what it changed.</summary>
    public JsonArray AfterUpdate(JsonObject old, JsonObject next, string? subresource, WriteOptions options)
    {
        string manager = WriterOf(options);
        JsonObject? changed = fields.Changed(old, next) is { Count: > 0 } some ? some : null;
        var entries = new List<JsonNode?>();
        bool isKnown = false;
        foreach (Owner owner in Read(old))
        {
            JsonObject? left = FieldTree.Restrict(owner.Fields, next);
            if (changed is not null && owner.Is(manager, "Update", subresource))
            {
                isKnown = true;
                left = FieldTree.Union(left ?? [], changed);
                left.Remove(".");
            }
            else if (changed is not null && left is not null)
            {
                left = FieldTree.Subtract(left, changed);
            }

            entries.Add(JsonNode.DeepEquals(left, owner.Fields) ? owner.Entry : Changed(owner, left));
        }

        if (changed is not null && !isKnown)
            entries.Add(Entry(manager, "Update", subresource, changed));

        return InOrder(entries);
    }

    private static string WriterOf(WriteOptions options) => options.FieldManager is { Length: > 0 } named ? named : "unknown";

    /// <summary>What is not status cannot be applied there, and is nobody's business.</summary>
    private static void KeepStatusOnly(JsonObject applied)
    {
        foreach (string member in applied.Select(static one => one.Key).Where(static name => name is not ("apiVersion" or "kind" or "metadata" or "status")).ToArray())
            applied.Remove(member);

        JsonObject metadata = applied.Ensure("metadata");
        foreach (string member in metadata.Select(static one => one.Key).Where(static name => name is not ("name" or "namespace" or "uid" or "resourceVersion")).ToArray())
            metadata.Remove(member);
    }

    /// <summary>An apply must fit the kind's fields exactly: nothing is dropped from it.</summary>
    private void CheckTyped(JsonObject applied, JsonObject? live)
    {
        IReadOnlyList<string> unknown = ObjectForm.Coerce(applied.Copy(), type);
        string[] complaints = [.. unknown.Select(static path => $".{path}: field not declared in schema"), .. fields.Complaints(applied)];
        if (complaints.Length == 0)
            return;

        JsonObject metadata = applied.Object("metadata") ?? [];
        string @namespace = metadata.Text("namespace") ?? live?.Object("metadata")?.Text("namespace") ?? string.Empty;
        throw ServerErrors.Untyped(type, new ObjectKey(@namespace, metadata.Text("name") ?? string.Empty), complaints);
    }

    private static string ManagerOf(WriteOptions options)
    {
        if (options.FieldManager is { Length: > 0 } manager)
            return manager;

        throw new ApiException(new ApiStatus
        {
            Code = 422,
            Reason = "Invalid",
            Message = "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch",
            Details = new ApiStatusDetails
            {
                Group = "meta.k8s.io",
                Kind = "PatchOptions",
                Causes = [new ApiStatusCause { Type = "FieldValueRequired", Field = "fieldManager", Message = "Required value: is required for apply patch" }],
            },
        });
    }

    private static ApiException Conflict(Owner[] owners, JsonObject changed)
    {
        ApiStatusCause[] causes = [.. owners.SelectMany(owner => FieldTree.Paths(FieldTree.Intersect(changed, owner.Fields)!)
            .Select(path => new ApiStatusCause { Type = "FieldManagerConflict", Field = path, Message = $"conflict with {owner}" }))];
        string list = causes.Length == 1
            ? $"{causes[0].Message}: {causes[0].Field}"
            : string.Join('\n', causes.GroupBy(static cause => cause.Message).Select(static group =>
                $"{group.Key!.Replace("conflict ", "conflicts ", StringComparison.Ordinal)}:\n{string.Join('\n', group.Select(static cause => "- " + cause.Field))}"));
        return new ApiException(new ApiStatus
        {
            Code = 409,
            Reason = "Conflict",
            Message = $"Apply failed with {causes.Length} conflict{(causes.Length == 1 ? string.Empty : "s")}: {list}",
            Details = new ApiStatusDetails { Causes = causes },
        });
    }

    private static IEnumerable<Owner> Read(JsonObject root) =>
        (root.Object("metadata")?.Array("managedFields") ?? []).OfType<JsonObject>().Select(static entry =>
            new Owner(entry.Text("manager") ?? string.Empty, entry.Text("operation") ?? string.Empty, entry.Text("subresource"), entry.Ensure("fieldsV1").Copy(), entry));

    private JsonObject? Changed(Owner owner, JsonObject? left) =>
        left is null ? null : Entry(owner.Manager, owner.Operation, owner.Subresource, left);

    private JsonObject Entry(string manager, string operation, string? subresource, JsonObject set)
    {
        var entry = new JsonObject
        {
            ["manager"] = manager,
            ["operation"] = operation,
            ["apiVersion"] = type.Resource.ApiVersion,
            ["time"] = now,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = set.Copy(),
        };
        if (subresource is not null)
            entry["subresource"] = subresource;

        return entry;
    }

    private static JsonArray InOrder(IEnumerable<JsonNode?> entries) =>
        new([.. entries.OfType<JsonObject>().OrderBy(static entry => entry.Text("operation"), StringComparer.Ordinal)
            .ThenBy(static entry => entry.Text("manager"), StringComparer.Ordinal).Select(static entry => entry.DeepClone())]);

    private sealed record Owner(string Manager, string Operation, string? Subresource, JsonObject Fields, JsonObject Entry)
    {
        public bool Is(string manager, string operation, string? subresource) =>
            Manager == manager && Operation == operation && Subresource == subresource;

        public override string ToString()
        {
            string place = Subresource is null ? string.Empty : $" with subresource \"{Subresource}\"";
            string version = Operation == "Update" ? $" using {Entry.Text("apiVersion")}{(Entry.Text("time") is { } time ? $" at {time}" : string.Empty)}" : string.Empty;
            return $"\"{Manager}\"{place}{version}";
        }
    }
}
