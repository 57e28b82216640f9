using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing.Cluster.Definitions;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>
/// The garbage collector, the namespace controller and the controllers of definitions of the cluster. It notes what each change may lead to, and works it off
/// before the verb that made the change returns; what that leads to joins the end of the queue, so nothing recurses.
/// </summary>
internal sealed class Janitor
{
    private readonly ClusterState state;
    private readonly ObjectDeleter deleter;
    private readonly DefinitionKeeper definitions;
    private readonly Queue<Action> pending = new();

    public Janitor(ClusterState state, ObjectDeleter deleter)
    {
        this.state = state;
        this.deleter = deleter;
        definitions = new DefinitionKeeper(state, deleter);
        state.Changed = Note;
    }

    public void Work()
    {
        while (pending.TryDequeue(out Action? task))
            task();
    }

    private void Note(Change change)
    {
        (StoredObject? previous, StoredObject? current) = (change.Previous, change.Current);
        NoteDefinition(previous, current);
        if (current is null)
        {
            foreach (StoredObject dependent in state.DependentsOf(previous!.Uid))
                Later(dependent, Collect);

            if (previous.Key.IsNamespaced && state.Namespace(previous.Key.Namespace) is { IsDeleting: true })
                pending.Enqueue(() => FinishNamespace(previous.Key.Namespace));
        }
        else
        {
            if (current.Metadata.OwnerReferences.Count > 0 && !SameOwners(previous, current))
                Later(current, Collect);

            if (current.IsDeleting && current.Metadata.Finalizers.Any(static one => one is ObjectDeleter.Orphan or ObjectDeleter.Foreground))
                Later(current, Unwind);

            if (current.IsDeleting && current.Type.Rules is NamespaceRules)
                pending.Enqueue(() => EmptyNamespace(current.Key.Name));
        }

        foreach (OwnerReference owner in previous?.Metadata.OwnerReferences ?? [])
        {
            if (state.FindUid(owner.Uid) is { IsDeleting: true } waiting)
                Later(waiting, Unwind);
        }
    }

    private void NoteDefinition(StoredObject? previous, StoredObject? current)
    {
        StoredObject any = (current ?? previous)!;
        if (any.Type.Rules is DefinitionRules)
            pending.Enqueue(() => definitions.Sync(any.Key.Name));
        else if (current is null && definitions.WaitsFor(any.Store) is { } waiting)
            pending.Enqueue(() => definitions.Sync(waiting));
    }

    private void Later(StoredObject value, Action<StoredObject> task)
    {
        string uid = value.Uid;
        pending.Enqueue(() =>
        {
            if (state.FindUid(uid) is { } present)
                task(present);
        });
    }

    /// <summary>Decides about an object by its owners: kept by one that is there, deleted when none is left.</summary>
    private void Collect(StoredObject value)
    {
        if (value.IsDeleting || value.Metadata.OwnerReferences.Count == 0 || ObjectDeleter.IsProtected(value))
            return;

        OwnerReference[] gone = [.. value.Metadata.OwnerReferences.Where(owner => !Exists(value, owner))];
        OwnerReference[] waiting = [.. value.Metadata.OwnerReferences.Where(owner => !gone.Contains(owner) && WaitsFor(owner))];
        if (gone.Length + waiting.Length == 0)
            return;

        if (gone.Length + waiting.Length < value.Metadata.OwnerReferences.Count)
            DropOwners(value, gone.Concat(waiting));
        else if (waiting.Length > 0)
            deleter.Delete(value, new DeleteOptions { Propagation = state.DependentsOf(value.Uid).Count > 0 ? DeletionPropagation.Foreground : null }, out _);
        else
            deleter.Delete(value, new DeleteOptions(), out _);
    }

    /// <summary>Goes on with an owner that is deleted with orphaning, or after what it owns.</summary>
    private void Unwind(StoredObject owner)
    {
        if (!owner.IsDeleting)
            return;

        StoredObject[] owned = [.. state.DependentsOf(owner.Uid)];
        if (owner.Metadata.Finalizers.Contains(ObjectDeleter.Orphan))
        {
            foreach (StoredObject dependent in owned)
                DropOwners(dependent, dependent.Metadata.OwnerReferences.Where(one => one.Uid == owner.Uid));

            RemoveFinalizer(owner, ObjectDeleter.Orphan);
        }
        else if (owner.Metadata.Finalizers.Contains(ObjectDeleter.Foreground))
        {
            foreach (StoredObject dependent in owned)
                Later(dependent, Collect);

            bool blocked = owned.Any(dependent => dependent.Metadata.OwnerReferences.Any(one => one.Uid == owner.Uid && one.BlockOwnerDeletion == true));
            if (!blocked)
                RemoveFinalizer(owner, ObjectDeleter.Foreground);
        }
    }

    private void RemoveFinalizer(StoredObject value, string finalizer)
    {
        JsonObject root = value.ToJson();
        string[] left = [.. value.Metadata.Finalizers.Where(one => one != finalizer)];
        if (left.Length == 0 && value.Metadata.DeletionGracePeriodSeconds is null or 0 && value.Type.Rules is not NamespaceRules)
        {
            state.Remove(value);
            return;
        }

        if (left.Length == 0)
            root.Ensure("metadata").Remove("finalizers");
        else
            root.Ensure("metadata")["finalizers"] = new JsonArray([.. left.Select(static one => JsonValue.Create(one))]);

        state.Update(value, root);
    }

    private void DropOwners(StoredObject value, IEnumerable<OwnerReference> owners)
    {
        var dropped = owners.Select(static owner => owner.Uid).ToHashSet();
        JsonObject root = value.ToJson();
        JsonArray references = root.Ensure("metadata").Array("ownerReferences")!;
        references.RemoveAll(one => one is JsonObject owner && dropped.Contains(owner.Text("uid")!));
        if (references.Count == 0)
            root.Ensure("metadata").Remove("ownerReferences");

        state.Update(value, root);
    }

    /// <summary>An owner of a kind that nobody registered cannot be looked up, so it is taken to be there.</summary>
    private bool Exists(StoredObject dependent, OwnerReference owner)
    {
        if (state.StoreOfKind(owner.ApiVersion, owner.Kind) is not { } store)
            return true;

        if (store.Type.IsNamespaced && !dependent.Key.IsNamespaced)
            return true;

        string @namespace = store.Type.IsNamespaced ? dependent.Key.Namespace : string.Empty;
        return store.Find(new ObjectKey(@namespace, owner.Name))?.Uid == owner.Uid;
    }

    private bool WaitsFor(OwnerReference owner) =>
        state.FindUid(owner.Uid) is { IsDeleting: true } found && found.Metadata.Finalizers.Contains(ObjectDeleter.Foreground);

    private void EmptyNamespace(string name)
    {
        foreach (ResourceStore store in state.Stores.Where(static store => store.Type.IsNamespaced).ToArray())
        {
            foreach (StoredObject content in store.In(name).Where(static value => !value.IsDeleting).ToArray())
                deleter.Delete(content, new DeleteOptions(), out _);
        }

        FinishNamespace(name);
    }

    private void FinishNamespace(string name)
    {
        if (state.ContentsOf(name) == 0 && state.Namespace(name) is { IsDeleting: true } empty && empty.Metadata.Finalizers.Count == 0)
            state.Remove(empty);
    }

    private static bool SameOwners(StoredObject? previous, StoredObject current) =>
        previous is not null && previous.Metadata.OwnerReferences.SequenceEqual(current.Metadata.OwnerReferences);
}
