using System.Collections;
using BuildController.Informers.Api;
using k8s.Models;

namespace BuildController.KubernetesClient;

/// <summary>KubernetesClient's metadata as the machinery sees it.</summary>
internal static class Metadata
{
    public static MetadataView ViewOf(V1ObjectMeta? metadata) => metadata is null ? throw new ArgumentException("The object has no metadata.") : new MetadataView
    {
        Key = new ObjectKey(metadata.NamespaceProperty ?? string.Empty, metadata.Name ?? string.Empty),
        Uid = metadata.Uid!,
        ResourceVersion = metadata.ResourceVersion!,
        Labels = metadata.Labels switch
        {
            null => null!,
            IReadOnlyDictionary<string, string> labels => labels,
            var labels => new Dictionary<string, string>(labels),
        },
        OwnerReferences = metadata.OwnerReferences is { Count: > 0 } owners ? new Owners(owners) : [],
    };

    /// <summary>The owners, each converted when somebody looks: views are made often, and owners read seldom.</summary>
    private sealed class Owners(IList<V1OwnerReference> owners) : IReadOnlyList<OwnerReference>
    {
        public int Count => owners.Count;

        public OwnerReference this[int index] => owners[index] is var owner ? new OwnerReference
        {
            ApiVersion = owner.ApiVersion,
            Kind = owner.Kind,
            Name = owner.Name,
            Uid = owner.Uid,
            Controller = owner.Controller,
            BlockOwnerDeletion = owner.BlockOwnerDeletion,
        } : null!;

        public IEnumerator<OwnerReference> GetEnumerator()
        {
            for (int i = 0; i < Count; i++)
                yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
