using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

internal sealed partial class SharedInformer<T>
{
    public Task WaitForAsync(string resourceVersion, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(resourceVersion);
        return waiters.WaitAsync(
            () => Array.TrueForAll(sources, source => ResourceVersions.HasReached(source.Version, resourceVersion)) || HoldsOpaque(resourceVersion),
            delta => delta.ResourceVersion == resourceVersion && sources.Length == 1,
            cancellationToken);
    }

    public Task WaitForAsync(T written, CancellationToken cancellationToken)
    {
        InformerSource<T> source = SourceOf(written, out MetadataView metadata);
        return waiters.WaitAsync(
            () => HasReached(source, metadata), delta => delta.ResourceVersion == metadata.ResourceVersion, cancellationToken);
    }

    public Task WaitForDeletionAsync(T deleted, CancellationToken cancellationToken)
    {
        InformerSource<T> source = SourceOf(deleted, out MetadataView metadata);
        bool isOpaque = !ResourceVersions.AreComparable(metadata.ResourceVersion, metadata.ResourceVersion);
        return waiters.WaitAsync(() => !Holds(metadata) && (isOpaque ? source.HasListed : HasReached(source, metadata)), null, cancellationToken);
    }

    private bool HasReached(InformerSource<T> source, MetadataView wanted) =>
        ResourceVersions.HasReached(source.Version, wanted.ResourceVersion)
        || (indexer.Find(wanted.Key) is { } present && ResourceVersions.HasReached(Type.Metadata(present).ResourceVersion, wanted.ResourceVersion));

    private bool Holds(MetadataView wanted) => indexer.Find(wanted.Key) is { } present && Type.Metadata(present).Uid == wanted.Uid;

    /// <summary>Versions that are not ordered are looked for one by one: it is rare, and only at the beginning of the waiting costs anything.</summary>
    private bool HoldsOpaque(string version) =>
        !ResourceVersions.AreComparable(version, version) && indexer.Current.Any(item => Type.Metadata(item).ResourceVersion == version);

    private InformerSource<T> SourceOf(T value, out MetadataView metadata)
    {
        ArgumentNullException.ThrowIfNull(value);
        metadata = Type.Metadata(value);
        if (metadata.ResourceVersion.Length == 0)
            throw new ArgumentException("The object has no version: give it as the server answered it.", nameof(value));

        string @namespace = metadata.Key.Namespace;
        return Array.Find(sources, source => source.Namespace is null || source.Namespace == @namespace)
            ?? throw new ArgumentException($"The informer of {Resource} does not copy the namespace '{@namespace}'.", nameof(value));
    }
}
