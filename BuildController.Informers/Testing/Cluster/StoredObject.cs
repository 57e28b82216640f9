using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>One version of an object: its bytes, which lists, events and answers share, and its metadata. Immutable.</summary>
internal sealed class StoredObject
{
    private static readonly ObjectMeta NoMetadata = new();

    private Shown? shown;

    private StoredObject(ResourceStore store, ObjectKey key, ObjectMeta metadata, long version, byte[] bytes)
    {
        Store = store;
        Type = store.Type;
        Key = key;
        Metadata = metadata;
        Version = version;
        Bytes = bytes;
    }

    /// <summary>Where it is kept, or was.</summary>
    public ResourceStore Store { get; }

    /// <summary>The definition by which it was written.</summary>
    public ResourceDefinition Type { get; }

    public ObjectKey Key { get; }

    public ObjectMeta Metadata { get; }

    public string Uid => Metadata.Uid ?? string.Empty;

    public long Version { get; }

    /// <summary>The object as it was written, in the version in which its resource is stored.</summary>
    public byte[] Bytes { get; }

    public bool IsDeleting => Metadata.DeletionTimestamp is not null;

    /// <summary>Takes a finished object, which must not be changed any more.</summary>
    public static StoredObject From(ResourceStore store, JsonObject root, long version)
    {
        JsonObject metadata = root.Ensure("metadata");
        metadata["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        byte[] bytes = Json.Bytes(root);

        // From the bytes as a client reads them: versions then share the labels and names that they have in common.
        ObjectMeta decoded = PartialObjectCodec.Instance.Read(bytes).Metadata;
        return new StoredObject(store, new ObjectKey(decoded.Namespace ?? string.Empty, decoded.Name), decoded, version, bytes);
    }

    /// <summary>Stands for a place in the order of keys, to search by.</summary>
    public static StoredObject At(ResourceStore store, ObjectKey key) => new(store, key, NoMetadata, 0, []);

    public JsonObject ToJson() => Json.ParseObject(Bytes);

    /// <summary>The object as a version of its resource shows it now.</summary>
    public JsonObject ToJson(ResourceDefinition view) => Json.ParseObject(BytesAs(view));

    /// <inheritdoc cref="ToJson(ResourceDefinition)"/>
    public byte[] BytesAs(ResourceDefinition view)
    {
        if (HasFormOf(view))
            return Bytes;

        if (Volatile.Read(ref shown) is { } last && ReferenceEquals(last.View, view))
            return last.Bytes;

        JsonObject root = ToJson();
        ObjectForm.Convert(root, Store.Type);
        ObjectForm.Convert(root, view);
        byte[] bytes = Json.Bytes(root);
        Volatile.Write(ref shown, new Shown(view, bytes));
        return bytes;
    }

    /// <summary>The same state in another version: the form in which an object leaves a watch.</summary>
    public byte[] BytesAt(long version, ResourceDefinition view)
    {
        if (!HasFormOf(view))
            return From(Store, ToJson(), version).BytesAs(view);

        (int start, int length) = FindVersion();
        byte[] text = Encoding.UTF8.GetBytes(version.ToString(CultureInfo.InvariantCulture));
        return [.. Bytes.AsSpan(0, start), .. text, .. Bytes.AsSpan(start + length)];
    }

    private bool HasFormOf(ResourceDefinition view) => ReferenceEquals(view, Type) || (view.Resource == Type.Resource && ReferenceEquals(view.Schema, Type.Schema));

    private (int Start, int Length) FindVersion()
    {
        var reader = new Utf8JsonReader(Bytes);
        bool inMetadata = false;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;

            if (reader.CurrentDepth == 1)
                inMetadata = reader.ValueTextEquals("metadata"u8);

            if (inMetadata && reader.CurrentDepth == 2 && reader.ValueTextEquals("resourceVersion"u8))
            {
                reader.Read();
                return ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
            }
        }

        throw new InvalidOperationException($"{Type.Kind} {Key} is kept without a resourceVersion.");
    }

    private sealed record Shown(ResourceDefinition View, byte[] Bytes);

    internal sealed class ByKey : IComparer<StoredObject>
    {
        public static readonly ByKey Instance = new();

        public int Compare(StoredObject? x, StoredObject? y) => x!.Key.CompareTo(y!.Key);
    }
}
