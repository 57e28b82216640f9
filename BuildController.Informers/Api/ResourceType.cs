using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace BuildController.Informers.Api;

/// <summary>
/// The one description of a resource that client, informer, lister, fake and embedded server take: how URLs name it, how
/// its objects are read and written, and how their metadata is seen. Immutable and shared: keep one per type in a static field.
/// </summary>
/// <remarks>
/// <typeparamref name="T"/> needs no base class: it may be a full model, a projection with three properties, an
/// <see cref="UnstructuredObject"/> or a class of another client library. Two descriptions of one resource with different
/// types are two caches.
/// </remarks>
/// <typeparam name="T">The type that objects of the resource are decoded to. Treat its instances as immutable: caches share them.</typeparam>
public sealed class ResourceType<T> : INamedResource
    where T : class
{
    private readonly Func<T, MetadataView> metadata;
    private ResourceType<PartialObject>? metadataOnly;

    /// <summary>Describes a resource.</summary>
    /// <param name="resource">How URLs name it.</param>
    /// <param name="kind">The kind of its objects, for example <c>ConfigMap</c>.</param>
    /// <param name="scope">Whether its objects live in namespaces.</param>
    /// <param name="codec">How its objects are read and written.</param>
    /// <param name="metadata">How an object's metadata is seen. Called often: it should not allocate.</param>
    public ResourceType(GroupVersionResource resource, string kind, ResourceScope scope, IObjectCodec<T> codec, Func<T, MetadataView> metadata)
    {
        ArgumentException.ThrowIfNullOrEmpty(resource.Version);
        ArgumentException.ThrowIfNullOrEmpty(resource.Plural);
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ArgumentNullException.ThrowIfNull(codec);
        ArgumentNullException.ThrowIfNull(metadata);
        Resource = resource;
        Kind = kind;
        Scope = scope;
        Codec = codec;
        this.metadata = metadata;
    }

    /// <summary>How URLs name the resource.</summary>
    public GroupVersionResource Resource { get; }

    /// <summary>The kind of the objects.</summary>
    public string Kind { get; }

    /// <summary>Whether the objects live in namespaces.</summary>
    public ResourceScope Scope { get; }

    /// <summary>How objects are read and written.</summary>
    public IObjectCodec<T> Codec { get; }

    /// <summary>
    /// Whether <typeparamref name="T"/> keeps the fields that it does not know, so that a whole-object replace loses nothing.
    /// The default is false: clients then refuse a replace, and changes are written as patches.
    /// </summary>
    public bool KeepsUnknownFields { get; init; }

    /// <summary>
    /// The same resource with only the metadata of its objects: give it to a factory for an informer that keeps nothing else.
    /// Always the same description, so that all who ask share one informer.
    /// </summary>
    public ResourceType<PartialObject> MetadataOnly =>
        metadataOnly ?? Interlocked.CompareExchange(ref metadataOnly, ResourceType.MetadataOnly(Resource, Kind, Scope), null) ?? metadataOnly;

    /// <summary>Whether nothing but metadata is kept, so that a server may leave the rest out.</summary>
    internal bool IsMetadataOnly => Codec is PartialObjectCodec;

    /// <summary>What the machinery sees of an object's metadata.</summary>
    public MetadataView Metadata(T value) => metadata(value);

    /// <summary>Where an object lives.</summary>
    public ObjectKey KeyOf(T value) => metadata(value).Key;

    /// <summary>Reads one object; see <see cref="IObjectCodec{T}.Read(ref Utf8JsonReader)"/>.</summary>
    /// <exception cref="JsonException">The JSON is not an object of this type.</exception>
    public T Read(ref Utf8JsonReader reader) => Codec.Read(ref reader);

    /// <summary>Reads one object from a complete JSON text.</summary>
    /// <exception cref="JsonException">The JSON is not an object of this type.</exception>
    public T Read(ReadOnlySpan<byte> utf8Json) => Codec.Read(utf8Json);

    /// <summary>Writes an object as an API server expects it, with <c>apiVersion</c> and <c>kind</c>.</summary>
    public byte[] Write(T value)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(body))
            Codec.Write(writer, value);

        return ObjectHeader.Ensure(body.WrittenSpan, Resource.ApiVersion, Kind);
    }

    /// <summary><c>kind (group/version/plural)</c>, for logs and errors.</summary>
    public override string ToString() => $"{Kind} ({Resource})";
}

/// <summary>Makes a <see cref="ResourceType{T}"/> for types that carry their own metadata.</summary>
public static class ResourceType
{
    /// <summary>Describes a resource whose objects are read by a source-generated contract and carry an <see cref="ObjectMeta"/>.</summary>
    /// <typeparam name="T">The object type.</typeparam>
    /// <param name="resource">How URLs name the resource.</param>
    /// <param name="kind">The kind of its objects.</param>
    /// <param name="scope">Whether its objects live in namespaces.</param>
    /// <param name="typeInfo">The contract, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    public static ResourceType<T> For<T>(GroupVersionResource resource, string kind, ResourceScope scope, JsonTypeInfo<T> typeInfo)
        where T : class, IKubernetesObject =>
        new(resource, kind, scope, new JsonTypeInfoCodec<T>(typeInfo), static value => MetadataView.Of(value.Metadata));

    /// <summary>
    /// Describes a resource whose objects are read by a function written by hand: the fast way, for types that are read a
    /// great deal, and for projections that keep a few fields. Such objects are not written: change them by patches.
    /// </summary>
    /// <typeparam name="T">The object type.</typeparam>
    /// <param name="resource">How URLs name the resource.</param>
    /// <param name="kind">The kind of its objects.</param>
    /// <param name="scope">Whether its objects live in namespaces.</param>
    /// <param name="read">Reads one object. Called from several threads at once.</param>
    /// <param name="metadata">How an object's metadata is seen. Called often: it should not allocate.</param>
    public static ResourceType<T> Projection<T>(
        GroupVersionResource resource, string kind, ResourceScope scope, JsonRead<T> read, Func<T, MetadataView> metadata)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(read);
        return new ResourceType<T>(resource, kind, scope, new ProjectionCodec<T>(read), metadata);
    }

    /// <summary>Describes a resource whose objects are kept as they came, every field of them.</summary>
    /// <param name="resource">How URLs name the resource.</param>
    /// <param name="kind">The kind of its objects.</param>
    /// <param name="scope">Whether its objects live in namespaces.</param>
    public static ResourceType<UnstructuredObject> Unstructured(GroupVersionResource resource, string kind, ResourceScope scope) =>
        new(resource, kind, scope, UnstructuredCodec.Instance, static value => MetadataView.Of(value.Metadata)) { KeepsUnknownFields = true };

    /// <summary>Describes a resource of whose objects only the metadata is kept.</summary>
    /// <param name="resource">How URLs name the resource.</param>
    /// <param name="kind">The kind of its objects.</param>
    /// <param name="scope">Whether its objects live in namespaces.</param>
    public static ResourceType<PartialObject> MetadataOnly(GroupVersionResource resource, string kind, ResourceScope scope) =>
        new(resource, kind, scope, PartialObjectCodec.Instance, static value => MetadataView.Of(value.Metadata));
}
