using BuildController.Core.Model;

namespace BuildController.Core.Images;

/// <summary>Makes the Build that lets OpenShift's own build controller build an image.</summary>
internal static class OpenShiftImageBuilder
{
    private const string MachineConfigFolder = "machineconfig";

    public static Build Build(BuildObjects objects) => new()
    {
        Metadata = objects.Metadata(ObjectNames.Build(objects.Attempt.Config)),
        Spec = new BuildSpec
        {
            Source = new BuildSource
            {
                Type = "Dockerfile",

                // The API asks for one; the key Dockerfile of the second ConfigMap takes its place.
                Dockerfile = "FROM scratch",
                ConfigMaps =
                [
                    new ConfigMapSource { ConfigMap = new LocalReference(ObjectNames.MachineConfig(objects.Attempt.Config)), DestinationDir = MachineConfigFolder },
                    new ConfigMapSource { ConfigMap = new LocalReference(ObjectNames.Containerfile(objects.Attempt.Config)) },
                ],
            },
            Strategy = new BuildStrategy
            {
                Type = "Docker",
                DockerStrategy = new DockerBuildStrategy
                {
                    PullSecret = new LocalReference(objects.Inputs.BaseImagePullSecret),
                    ImageOptimizationPolicy = "SkipLayers",
                },
            },
            Output = new BuildOutput
            {
                To = new ImageTarget("DockerImage", objects.Attempt.Pullspec),
                PushSecret = new LocalReference(objects.Inputs.FinalImagePushSecret),
                ImageLabels = [new ImageLabel("io.openshift.machineconfig.pool", objects.Pool)],
            },
        },
    };
}
