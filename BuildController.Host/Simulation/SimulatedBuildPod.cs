using BuildController.Core.Model;
using BuildController.Informers.Api;

namespace BuildController.Host.Simulation;

/// <summary>The pod that OpenShift's build controller makes for a Build: named after it, owned by it, and with its labels.</summary>
internal static class SimulatedBuildPod
{
    public const string Container = "docker-build";

    /// <summary>Label and annotation: the Build of a pod. The label has as much of the name as fits into one.</summary>
    private const string BuildName = "openshift.io/build.name";

    private const int LongestLabel = 63;

    public static ObjectKey KeyFor(Build build) => new(build.Metadata.Namespace!, $"{build.Metadata.Name}-build");

    /// <summary>The Build that a pod was made for, or null.</summary>
    public static string? BuildOf(Pod pod) => pod.Metadata.Annotations.GetValueOrDefault(BuildName);

    public static Pod For(Build build) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = KeyFor(build).Name,
            Namespace = build.Metadata.Namespace,
            Labels = new Dictionary<string, string>(build.Metadata.Labels) { [BuildName] = build.Metadata.Name[..Math.Min(build.Metadata.Name.Length, LongestLabel)] },
            Annotations = new Dictionary<string, string> { [BuildName] = build.Metadata.Name },
            OwnerReferences =
            [
                new OwnerReference
                {
                    ApiVersion = Resources.Builds.Resource.ApiVersion,
                    Kind = Resources.Builds.Kind,
                    Name = build.Metadata.Name,
                    Uid = build.Metadata.Uid!,
                    Controller = true,
                    BlockOwnerDeletion = true,
                },
            ],
        },
        Spec = new PodSpec
        {
            RestartPolicy = "Never",
            Containers = [new Container { Name = Container, Image = "openshift/docker-builder" }],
            Volumes =
            [
                .. Sources(build).Select(static source => new Volume
                {
                    Name = source.DestinationDir ?? "dockerfile",
                    ConfigMap = new ConfigMapVolume(source.ConfigMap!.Name),
                }),
                .. Credentials(build),
            ],
        },
    };

    private static IEnumerable<ConfigMapSource> Sources(Build build) => build.Spec.Source?.ConfigMaps.Where(static source => source.ConfigMap is not null) ?? [];

    private static IEnumerable<Volume> Credentials(Build build)
    {
        if (build.Spec.Strategy?.DockerStrategy?.PullSecret is { } pull)
            yield return new Volume { Name = "pull", Secret = new SecretVolume { SecretName = pull.Name } };

        if (build.Spec.Output?.PushSecret is { } push)
            yield return new Volume { Name = "push", Secret = new SecretVolume { SecretName = push.Name } };
    }
}
