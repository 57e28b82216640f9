using BuildController.Informers.Api;

namespace BuildController.Benchmarks.Models;

/// <summary>Pods as the informers are measured with them.</summary>
internal static class PodTypes
{
    public static readonly ResourceType<Pod> Full =
        ResourceType.Projection<Pod>(Pod.Resource, "Pod", ResourceScope.Namespaced, PodReader.ReadPod, static pod => MetadataView.Of(pod.Metadata));

    public static readonly ResourceType<SlimPod> Slim = ResourceType.Projection<SlimPod>(
        Pod.Resource, "Pod", ResourceScope.Namespaced, SlimPod.Read,
        static pod => new MetadataView { Key = pod.Key, ResourceVersion = pod.ResourceVersion, Uid = pod.Uid, Labels = pod.Labels });

    public static readonly ResourceType<PartialObject> Metadata = Full.MetadataOnly;
}
