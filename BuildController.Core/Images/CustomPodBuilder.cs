using BuildController.Core.Model;

namespace BuildController.Core.Images;

/// <summary>Makes the pod that builds an image with buildah and leaves the digest in a ConfigMap.</summary>
internal static class CustomPodBuilder
{
    public const string BuildContainer = "image-build";
    public const string DigestContainer = "wait-for-done";

    /// <summary>The user and group that the machine config operator's service account may run as.</summary>
    private const int BuildUser = 1000;

    public static Pod Pod(BuildObjects objects, string builderImage) => new()
    {
        Metadata = objects.Metadata(ObjectNames.Build(objects.Attempt.Config)),
        Spec = new PodSpec
        {
            RestartPolicy = "Never",
            ServiceAccountName = "machine-os-builder",
            Containers =
            [
                Container(objects, BuildContainer, builderImage, BuildScripts.Build),
                Container(objects, DigestContainer, objects.Inputs.BaseImage, BuildScripts.PublishDigest),
            ],
            Volumes =
            [
                new Volume { Name = "machineconfig", ConfigMap = new ConfigMapVolume(ObjectNames.MachineConfig(objects.Attempt.Config)) },
                new Volume { Name = "dockerfile", ConfigMap = new ConfigMapVolume(ObjectNames.Containerfile(objects.Attempt.Config)) },
                Credentials("base-image-pull-creds", objects.Inputs.BaseImagePullSecret),
                Credentials("final-image-push-creds", objects.Inputs.FinalImagePushSecret),
                new Volume { Name = "done", EmptyDir = new EmptyDirVolume("Memory") },
            ],
        },
    };

    private static Container Container(BuildObjects objects, string name, string image, string script) => new()
    {
        Name = name,
        Image = image,
        ImagePullPolicy = "Always",
        Command = ["/bin/bash", "-c", script],
        SecurityContext = new SecurityContext { RunAsUser = BuildUser, RunAsGroup = BuildUser },
        TerminationMessagePolicy = "FallbackToLogsOnError",
        Env =
        [
            new EnvironmentVariable("DIGEST_CONFIGMAP_NAME", ObjectNames.Digest(objects.Attempt.Config)),
            new EnvironmentVariable("DIGEST_CONFIGMAP_LABELS", string.Join(',', BuildObjects.Labels(objects.Pool, objects.Attempt).Select(static label => $"{label.Key}={label.Value}"))),
            new EnvironmentVariable("HOME", "/home/build"),
            new EnvironmentVariable("TAG", objects.Attempt.Pullspec),
            new EnvironmentVariable("BASE_IMAGE_PULL_CREDS", "/tmp/base-image-pull-creds/config.json"),
            new EnvironmentVariable("FINAL_IMAGE_PUSH_CREDS", "/tmp/final-image-push-creds/config.json"),
        ],
        VolumeMounts =
        [
            new VolumeMount("machineconfig", "/tmp/machineconfig"),
            new VolumeMount("dockerfile", "/tmp/dockerfile"),
            new VolumeMount("base-image-pull-creds", "/tmp/base-image-pull-creds"),
            new VolumeMount("final-image-push-creds", "/tmp/final-image-push-creds"),
            new VolumeMount("done", "/tmp/done"),
        ],
    };

    private static Volume Credentials(string name, string secret) => new()
    {
        Name = name,
        Secret = new SecretVolume { SecretName = secret, Items = [new KeyToPath(".dockerconfigjson", "config.json")] },
    };
}
