using System.Globalization;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Testing.Cluster.Schemas;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Creates and updates objects as a server's registry does: header, preconditions, system fields, validation, then the write.</summary>
internal sealed class ObjectWriter(ClusterState state)
{
    private const int GeneratedPrefixLimit = 58;

    /// <param name="type">The resource, in the version of the request.</param>
    /// <param name="namespace">Where to.</param>
    /// <param name="body">What the client sent.</param>
    /// <param name="options">How to write.</param>
    /// <param name="owners">Who owns its fields; null for an object that is created and not applied.</param>
    public StoredObject Create(ResourceDefinition type, string? @namespace, JsonObject body, WriteOptions options, JsonArray? owners = null)
    {
        ResourceStore store = state.StoreOf(type);
        if (type.IsNamespaced == string.IsNullOrEmpty(@namespace))
            throw ServerErrors.MethodNotAllowed();

        if (type.IsTerminating)
            throw ServerErrors.Terminating("create");

        JsonObject root = ObjectReader.Read(type, body, options, isPatched: false);
        JsonObject metadata = root.Ensure("metadata");
        metadata.Remove("managedFields");
        Locate(type, metadata, @namespace);
        if (type.IsNamespaced)
            AdmitInto(type, @namespace!, metadata.Text("name") ?? string.Empty);

        if (metadata.Text("resourceVersion") is { Length: > 0 } and not "0")
            throw ServerErrors.Unnamed("resourceVersion should not be set on objects to be created");

        foreach (string member in new[] { "resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "generation" })
            metadata.Remove(member);

        Generate(store, metadata, @namespace);
        if (type.HasStatus && !type.Rules.KeepsStatusOnCreate)
            root.Remove("status");

        type.Rules.PrepareForCreate(root);
        type.Rules.Default(root);
        metadata["uid"] = state.NewUid();
        metadata["creationTimestamp"] = state.Now;
        if (type.Rules.KeepsGeneration)
            metadata["generation"] = 1;

        Validate(type, root, metadata, null, null);
        if (store.Find(KeyOf(metadata)) is { } present)
            throw ServerErrors.AlreadyExists(type, metadata.Text("name")!, present.IsDeleting);

        metadata["managedFields"] = owners ?? new FieldOwners(type, state.Now).AfterCreate(root, options);
        Keep(store, root);
        return options.DryRun ? StoredObject.From(store, root, state.Version) : state.Insert(store, root);
    }

    /// <summary>Makes an object of a replace that found none.</summary>
    public StoredObject CreateByUpdate(ResourceDefinition type, ObjectKey key, JsonObject body, WriteOptions options)
    {
        JsonObject root = body.Copy();
        JsonObject metadata = root.Ensure("metadata");
        if ((metadata.Text("name") ?? string.Empty) is var name && name != key.Name)
            throw ServerErrors.BadRequest($"the name of the object ({name}) does not match the name on the URL ({key.Name})");

        // Who means a certain object does not mean a new one.
        if (metadata.Text("uid") is { Length: > 0 } uid)
            throw ServerErrors.Conflict(type, key.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: ");

        metadata.Remove("resourceVersion");
        return Create(type, key.IsNamespaced ? key.Namespace : null, root, options);
    }

    /// <param name="current">The object as it is.</param>
    /// <param name="update">What is to become of it.</param>
    public StoredObject Update(StoredObject current, ObjectUpdate update)
    {
        ResourceDefinition type = update.Type;
        bool forgetsOwners = FieldOwners.IsReset(update.Next);
        JsonObject root = ObjectReader.Read(type, update.Next, update.Options, isPatched: update.Kind == UpdateKind.Patch);
        JsonObject metadata = root.Ensure("metadata");
        metadata.Remove("managedFields");
        if ((metadata.Text("name") ?? string.Empty) is var name && name != current.Key.Name)
            throw ServerErrors.BadRequest($"the name of the object ({name}) does not match the name on the URL ({current.Key.Name})");

        Locate(type, metadata, current.Key.Namespace);
        CheckPreconditions(current, metadata, update);

        JsonObject old = current.ToJson(type);
        if (update.Subresource is not null)
        {
            JsonObject wanted = root;
            root = old.Copy();
            root.TakeFrom("status", wanted);
            metadata = root.Ensure("metadata");
        }
        else
        {
            if (type.HasStatus)
                root.TakeFrom("status", old);

            KeepSystemFields(metadata, old.Ensure("metadata"));
            type.Rules.PrepareForUpdate(root, old);
            type.Rules.Default(root);
        }

        Validate(type, root, metadata, old, current.Metadata);
        metadata["resourceVersion"] = current.Metadata.ResourceVersion;
        if (type.Rules.KeepsGeneration && ChangesDesiredState(type, old, root))
            metadata["generation"] = (current.Metadata.Generation ?? 0) + 1;

        if (update.Owners is not null)
            metadata["managedFields"] = update.Owners;
        else if (forgetsOwners)
            metadata.Remove("managedFields");
        else if (old.Ensure("metadata").ContainsKey("managedFields"))
            metadata["managedFields"] = new FieldOwners(type, state.Now).AfterUpdate(old, root, update.Subresource, update.Options);

        Keep(current.Store, root);

        // A write that changes nothing is answered, but never happens.
        if (JsonNode.DeepEquals(current.ToJson(), root))
            return current;

        if (update.Options.DryRun)
            return StoredObject.From(current.Store, root, current.Version);

        return IsDone(current, metadata) ? Finish(current, root) : state.Update(current, root);
    }

    /// <summary>Brings an object into the version in which its resource is stored.</summary>
    private static void Keep(ResourceStore store, JsonObject root)
    {
        if (root.Text("apiVersion") != store.Type.Resource.ApiVersion)
            ObjectForm.Convert(root, store.Type);
    }

    private static void Locate(ResourceDefinition type, JsonObject metadata, string? @namespace)
    {
        string sent = metadata.Text("namespace") ?? string.Empty;
        if (!type.IsNamespaced)
            metadata.Remove("namespace");
        else if (sent.Length > 0 && sent != @namespace)
            throw ServerErrors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        else
            metadata["namespace"] = @namespace;
    }

    private static void CheckPreconditions(StoredObject current, JsonObject metadata, ObjectUpdate update)
    {
        ResourceDefinition type = update.Type;
        string name = current.Key.Name;
        if (update.Kind == UpdateKind.Replace && metadata.Text("uid") is { Length: > 0 } uid && uid != current.Uid)
            throw ServerErrors.Conflict(type, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}");

        string version = metadata.Text("resourceVersion") ?? string.Empty;
        if (version is "" or "0")
        {
            if (type.Rules.AllowsUnconditionalUpdate)
                return;

            var errors = new FieldErrors();
            errors.InvalidLiteral("metadata.resourceVersion", "0x0", "must be specified for an update");
            errors.ThrowIfAny(type, name, byPlural: true);
        }

        if (!long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out long asked))
        {
            var errors = new FieldErrors();
            errors.Invalid("metadata.resourceVersion", version, $"strconv.ParseUint: parsing \"{version}\": invalid syntax");
            errors.ThrowIfAny(type, name);
        }

        if (asked != current.Version)
            throw ServerErrors.Conflict(type, name, ServerErrors.StaleVersion);
    }

    private static void KeepSystemFields(JsonObject metadata, JsonObject old)
    {
        if (string.IsNullOrEmpty(metadata.Text("uid")))
            metadata.TakeFrom("uid", old);

        metadata.TakeFrom("creationTimestamp", old);
        metadata.TakeFrom("generation", old);
        if (old.ContainsKey("deletionTimestamp"))
            metadata.TakeFrom("deletionTimestamp", old);

        if (metadata["deletionGracePeriodSeconds"] is null)
            metadata.TakeFrom("deletionGracePeriodSeconds", old);
    }

    private static void Validate(ResourceDefinition type, JsonObject root, JsonObject metadata, JsonObject? old, ObjectMeta? oldMetadata)
    {
        ObjectMeta decoded = MetadataRules.Decode(metadata);
        var errors = new FieldErrors();
        MetadataRules.Validate(type, decoded, errors);
        if (type.Schema is { } schema)
            ValidateForm(schema.Root, root, old, errors);

        type.Rules.Validate(root, errors);
        if (oldMetadata is not null)
        {
            MetadataRules.ValidateUpdate(decoded, oldMetadata, errors);
            type.Rules.ValidateUpdate(root, old!, errors);
        }

        errors.ThrowIfAny(type, oldMetadata?.Name ?? decoded.Name);
    }

    private static void ValidateForm(SchemaNode schema, JsonObject root, JsonObject? old, FieldErrors errors)
    {
        SchemaValidator.Validate(root, schema, string.Empty, errors);
        EmbeddedResources.Validate(root, schema, string.Empty, isRoot: true, errors);

        // Who got in with duplicates, before the schema forbade them, is not locked up with them.
        var before = new FieldErrors();
        if (old is not null)
            ListRules.Validate(old, schema, string.Empty, before);

        if (before.IsEmpty)
            ListRules.Validate(root, schema, string.Empty, errors);
    }

    /// <summary>Everything but the metadata and, where it is a subresource, the status.</summary>
    private static bool ChangesDesiredState(ResourceDefinition type, JsonObject old, JsonObject next)
    {
        return old.Count(IsDesired) != next.Count(IsDesired)
            || next.Where(IsDesired).Any(member => !old.ContainsKey(member.Key) || !JsonNode.DeepEquals(member.Value, old[member.Key]));

        bool IsDesired(KeyValuePair<string, JsonNode?> member) =>
            member.Key != "metadata" && !(type.HasStatus && member.Key == "status");
    }

    /// <summary>Whether the last thing that held a deleted object back has gone with this update.</summary>
    private static bool IsDone(StoredObject current, JsonObject metadata) =>
        current.IsDeleting && current.Metadata.DeletionGracePeriodSeconds is null or 0
        && metadata.Array("finalizers") is not { Count: > 0 } && current.Type.Rules is not NamespaceRules;

    private StoredObject Finish(StoredObject current, JsonObject root)
    {
        state.Remove(current);
        return StoredObject.From(current.Store, root, state.Version);
    }

    private void AdmitInto(ResourceDefinition type, string @namespace, string name)
    {
        StoredObject? found = state.Namespace(@namespace);
        if (found is null)
            throw ServerErrors.NotFound(CoreResources.Namespaces, @namespace);

        if (found.IsDeleting)
        {
            throw ServerErrors.Forbidden(type, name, $"unable to create new content in namespace {@namespace} because it is being terminated",
                new ApiStatusCause { Type = "NamespaceTerminating", Message = $"namespace {@namespace} is being terminated", Field = "metadata.namespace" });
        }
    }

    private void Generate(ResourceStore store, JsonObject metadata, string? @namespace)
    {
        if (metadata.Text("name") is { Length: > 0 } || metadata.Text("generateName") is not { Length: > 0 } prefix)
            return;

        string cut = prefix.Length > GeneratedPrefixLimit ? prefix[..GeneratedPrefixLimit] : prefix;
        for (int tries = 0; tries < 8; tries++)
        {
            string name = cut + state.NewNameSuffix();
            metadata["name"] = name;
            if (store.Find(new ObjectKey(store.Type.IsNamespaced ? @namespace! : string.Empty, name)) is null)
                return;
        }
    }

    private static ObjectKey KeyOf(JsonObject metadata) =>
        new(metadata.Text("namespace") ?? string.Empty, metadata.Text("name") ?? string.Empty);
}
