using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;

namespace BuildController.Host.Simulation;

/// <summary>
/// What happens inside a build pod: its Containerfile is read from the mounted ConfigMap; a line <c>RUN false</c> fails the
/// build as it would in earnest; otherwise a digest is made from all inputs and published in a ConfigMap.
/// </summary>
internal sealed class SimulatedBuild(IClientset clientset, OperatorRuntime runtime)
{
    private const string BuildContainer = "image-build";
    private const string FailingStep = "RUN false";

    private readonly IResourceClient<ConfigMap> maps = clientset.Resource(Resources.ConfigMaps);

    public static bool IsBuild(Pod pod) => pod.Spec.Containers.Any(static container => container.Name is BuildContainer or SimulatedBuildPod.Container);

    /// <summary>What keeps the pod from starting, in a kubelet's words, or null.</summary>
    public async Task<string?> MissingVolumeAsync(Pod pod, CancellationToken cancellationToken)
    {
        foreach (Volume volume in pod.Spec.Volumes)
        {
            if (volume.ConfigMap is { } map && await maps.FindAsync(new ObjectKey(pod.Metadata.Namespace!, map.Name), cancellationToken) is null)
                return $"configmap \"{map.Name}\" not found";

            if (volume.Secret is { } secret && await clientset.Resource(Resources.Secrets.MetadataOnly).FindAsync(new ObjectKey(pod.Metadata.Namespace!, secret.SecretName), cancellationToken) is null)
                return $"secret \"{secret.SecretName}\" not found";
        }

        return null;
    }

    /// <summary>Ends the build; returns the status that the pod has then.</summary>
    public async Task<Patch> FinishAsync(Pod pod, CancellationToken cancellationToken)
    {
        string containerfile = await MountedAsync(pod, "dockerfile", "Dockerfile", cancellationToken);
        string? failing = containerfile.Split('\n').Select(static line => line.Trim()).FirstOrDefault(static line => line == FailingStep);
        DateTimeOffset now = runtime.Time.GetUtcNow();
        if (failing is not null)
            return Failed(pod, $"Error: building at STEP \"{failing}\": while running runtime: exit status 1", now);

        string machineConfig = await MountedAsync(pod, "machineconfig", "machineconfig.json.gz", cancellationToken);
        string digest = Digest(pod, containerfile, machineConfig);
        await (SimulatedBuildPod.BuildOf(pod) is { } name ? TellAsync(new ObjectKey(pod.Metadata.Namespace!, name), digest, cancellationToken) : PublishAsync(pod, digest, cancellationToken));
        return PodStatusJson.Succeeded(pod, now);
    }

    /// <summary>Beside the container that has failed another one may go on; without one the pod has failed.</summary>
    private static Patch Failed(Pod pod, string message, DateTimeOffset now) => SimulatedBuildPod.BuildOf(pod) is null
        ? PodStatusJson.ContainerFailed(pod, BuildContainer, message, now)
        : PodStatusJson.Failed(pod, message, now);

    /// <summary>Two builds of the same inputs differ as real ones do, by their time stamps; here by their pod.</summary>
    private static string Digest(Pod pod, params ReadOnlySpan<string> inputs) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [pod.Metadata.Uid, .. inputs]))));

    private async Task<string> MountedAsync(Pod pod, string volume, string key, CancellationToken cancellationToken)
    {
        string? name = pod.Spec.Volumes.FirstOrDefault(item => item.Name == volume)?.ConfigMap?.Name;
        if (name is null)
            return string.Empty;

        // What is mounted stays mounted when the ConfigMap goes, but we have no disk to keep it on.
        ConfigMap? map = await maps.FindAsync(new ObjectKey(pod.Metadata.Namespace!, name), cancellationToken);
        return map?.Data.GetValueOrDefault(key) ?? string.Empty;
    }

    /// <summary>What the container of a Build's pod writes into the Build when it has pushed.</summary>
    private async Task TellAsync(ObjectKey key, string digest, CancellationToken cancellationToken)
    {
        IResourceClient<Build> builds = clientset.Resource(Resources.Builds);
        Build build = await builds.GetAsync(key, cancellationToken);
        await builds.PatchAsync(
            key,
            Patch.Merge(new JsonObject
            {
                ["status"] = new JsonObject
                {
                    ["outputDockerImageReference"] = build.Spec.Output?.To?.Name,
                    ["output"] = new JsonObject { ["to"] = new JsonObject { ["imageDigest"] = digest } },
                },
            }),
            cancellationToken);
    }

    /// <summary>What the build pod's second container does with <c>oc apply</c>.</summary>
    private async Task PublishAsync(Pod pod, string digest, CancellationToken cancellationToken)
    {
        string? name = Environment(pod, "DIGEST_CONFIGMAP_NAME");
        if (name is null)
            return;

        var key = new ObjectKey(pod.Metadata.Namespace!, name);
        Dictionary<string, string> labels = (Environment(pod, "DIGEST_CONFIGMAP_LABELS") ?? string.Empty)
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(static label => label.Split('=', 2))
            .ToDictionary(static label => label[0], static label => label.Length > 1 ? label[1] : string.Empty);
        var map = new ConfigMap
        {
            Metadata = new ObjectMeta { Name = key.Name, Namespace = key.Namespace, Labels = labels },
            Data = new Dictionary<string, string> { ["digest"] = digest + "\n" },
        };
        try
        {
            await maps.CreateAsync(map, cancellationToken);
        }
        catch (ApiException error) when (error.IsAlreadyExists)
        {
            var metadata = new JsonObject { ["labels"] = new JsonObject(labels.Select(static label => KeyValuePair.Create<string, JsonNode?>(label.Key, label.Value))) };
            await maps.PatchAsync(key, Patch.Merge(new JsonObject { ["metadata"] = metadata, ["data"] = new JsonObject { ["digest"] = digest + "\n" } }), cancellationToken);
        }
    }

    private static string? Environment(Pod pod, string name) => pod.Spec.Containers
        .SelectMany(static container => container.Env)
        .FirstOrDefault(variable => variable.Name == name)?.Value;
}
