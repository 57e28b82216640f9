using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;

namespace BuildController.Core.Images;

/// <summary>Makes the objects of one attempt; all of them carry its labels and are owned by the pool.</summary>
internal sealed class BuildObjects(string @namespace, string pool, string poolUid, BuildAttempt attempt, BuildInputs inputs)
{
    public const string MachineConfigKey = "machineconfig.json.gz";
    public const string ContainerfileKey = "Dockerfile";
    public const string DigestKey = "digest";

    public BuildAttempt Attempt => attempt;

    public BuildInputs Inputs => inputs;

    public string Pool => pool;

    public ConfigMap MachineConfig() => Map(ObjectNames.MachineConfig(attempt.Config), MachineConfigKey, inputs.MachineConfigPayload);

    public ConfigMap RenderedContainerfile() =>
        Map(ObjectNames.Containerfile(attempt.Config), ContainerfileKey, Containerfile.Render(pool, attempt.Config, inputs));

    /// <summary>The metadata of an object of this attempt.</summary>
    public ObjectMeta Metadata(string name) => new()
    {
        Name = name,
        Namespace = @namespace,
        Labels = Labels(pool, attempt),
        Annotations = new Dictionary<string, string> { [BuildLabels.PoolAnnotation] = string.Empty },
        OwnerReferences =
        [
            new OwnerReference
            {
                ApiVersion = Resources.MachineConfigPools.Resource.ApiVersion,
                Kind = Resources.MachineConfigPools.Kind,
                Name = pool,
                Uid = poolUid,
            },
        ],
    };

    public static IReadOnlyDictionary<string, string> Labels(string pool, BuildAttempt attempt) => new Dictionary<string, string>
    {
        [BuildLabels.BuildPod] = string.Empty,
        [BuildLabels.TargetPool] = pool,
        [BuildLabels.DesiredConfig] = attempt.Config,
        [BuildLabels.BuildAttempt] = attempt.Id,
    };

    private ConfigMap Map(string name, string key, string value) => new()
    {
        Metadata = Metadata(name),
        Data = new Dictionary<string, string> { [key] = value },
    };
}
