using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Informers.Testing.Cluster.Definitions;

/// <summary>
/// The controllers of a server that make CustomResourceDefinitions come true: names are accepted or refused, resources are
/// served, changed and withdrawn, and a definition that is deleted takes its objects with it first.
/// </summary>
internal sealed class DefinitionKeeper(ClusterState state, ObjectDeleter deleter)
{
    public const string CleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

    private readonly Dictionary<string, Served> served = [];

    /// <summary>The definition whose objects these are, if it waits for them to go.</summary>
    public string? WaitsFor(ResourceStore store) =>
        store.Type.IsTerminating ? served.FirstOrDefault(one => one.Value.Store == store).Key : null;

    /// <summary>Brings what is served in line with a definition; called again after each change that this makes.</summary>
    public void Sync(string name)
    {
        StoredObject? current = state.StoreOf(CoreResources.CustomResourceDefinitions).Find(new ObjectKey(name));
        if (served.TryGetValue(name, out Served? serving) && serving.Uid != current?.Uid)
        {
            // Somebody may have taken the finalizer away that waits for them.
            foreach (StoredObject left in serving.Store.Objects)
                state.Remove(left);

            state.Withdraw(serving.Store);
            served.Remove(name);
        }

        if (current is null)
        {
            FreeNames(name);
            return;
        }

        JsonObject root = current.ToJson();
        var status = new DefinitionStatus(root, state.Now);
        AcceptNames(name, root, status);
        if (status.Is("NamesAccepted") && !status.Is("Established"))
            status.Set("Established", "True", "InitialNamesAccepted", "the initial names have been accepted");

        if (!JsonNode.DeepEquals(root, current.ToJson()))
        {
            state.Update(current, root);
            return;
        }

        if (status.Is("Established"))
            Serve(name, current, root);

        if (current.IsDeleting && current.Metadata.Finalizers.Contains(CleanupFinalizer))
            CleanUp(name, current, root, status);
    }

    private void Serve(string name, StoredObject current, JsonObject root)
    {
        string form = $"{root["spec"]!.ToJsonString()} {root["status"]!["acceptedNames"]!.ToJsonString()} {current.IsDeleting}";
        if (served.TryGetValue(name, out Served? serving) && serving.Form == form)
            return;

        (ResourceDefinition storage, IReadOnlyList<ResourceDefinition> versions) = DefinitionReader.Read(root, serving?.Versions ?? []);
        if (serving is null)
            served[name] = new Served(current.Uid, form, state.Serve(storage, versions), [storage, .. versions]);
        else
        {
            state.Redefine(serving.Store, storage, versions, endsWatches: !current.IsDeleting);
            served[name] = serving with { Form = form, Versions = [storage, .. versions] };
        }
    }

    private void CleanUp(string name, StoredObject current, JsonObject root, DefinitionStatus status)
    {
        if (!served.TryGetValue(name, out Served? serving))
            status.Set("Terminating", "False", "NeverEstablished", "resource was never established");
        else if (serving.Store.Objects.Count == 0)
            status.Set("Terminating", "False", "InstanceDeletionCompleted", "removed all instances");
        else
            status.Set("Terminating", "True", "InstanceDeletionInProgress", "CustomResource deletion is in progress");

        if (status.Is("Terminating"))
        {
            if (!JsonNode.DeepEquals(root, current.ToJson()))
                state.Update(current, root);

            foreach (StoredObject value in serving!.Store.Objects.Where(static value => !value.IsDeleting))
                deleter.Delete(value, new DeleteOptions(), out _);

            return;
        }

        string[] left = [.. current.Metadata.Finalizers.Where(static one => one != CleanupFinalizer)];
        if (left.Length == 0)
        {
            state.Remove(current);
            return;
        }

        root.Ensure("metadata")["finalizers"] = new JsonArray([.. left.Select(static one => JsonValue.Create(one))]);
        state.Update(current, root);
    }

    private void AcceptNames(string name, JsonObject root, DefinitionStatus status)
    {
        JsonObject wanted = root.Object("spec")!.Object("names")!;
        if (JsonNode.DeepEquals(wanted, status.AcceptedNames) && status.Find("NamesAccepted") is not null)
            return;

        (JsonObject accepted, NameClaims.Conflict? conflict) = new NameClaims(TakenNames(name, root.Object("spec")!.Text("group")!)).Accept(wanted, status.AcceptedNames);
        status.AcceptedNames = accepted;
        if (conflict is null)
        {
            status.Set("NamesAccepted", "True", "NoConflicts", "no conflicts found");
            return;
        }

        status.Set("NamesAccepted", "False", conflict.Reason, conflict.Message);
        if (status.Find("Established") is null)
            status.Set("Established", "False", "NotAccepted", "not all names are accepted");
    }

    /// <summary>The names that the other resources of a group go by, however they came to be known.</summary>
    private IEnumerable<ResourceDefinition> TakenNames(string name, string group) =>
        state.Stores.Where(store => !(served.TryGetValue(name, out Served? own) && own.Store == store)).Select(static store => store.Type)
            .Where(type => type.Resource.Group == group);

    /// <summary>The names of a definition that has gone are free for others.</summary>
    private void FreeNames(string name)
    {
        string group = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
        foreach (StoredObject other in state.StoreOf(CoreResources.CustomResourceDefinitions).Objects.ToArray())
        {
            if (other.Key.Name.EndsWith("." + group, StringComparison.Ordinal) && !new DefinitionStatus(other.ToJson(), string.Empty).Is("NamesAccepted"))
                Sync(other.Key.Name);
        }
    }

    private sealed record Served(string Uid, string Form, ResourceStore Store, IReadOnlyList<ResourceDefinition> Versions);
}
