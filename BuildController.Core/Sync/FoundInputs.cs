using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Informers.Api;

namespace BuildController.Core.Sync;

/// <summary>What there is to build from, as it was read and before it is checked; null for what is not there.</summary>
internal sealed record FoundInputs
{
    public ConfigMap? BuildConfig { get; init; }

    public ConfigMap? OSImage { get; init; }

    public ConfigMap? Custom { get; init; }

    public Secret? Pull { get; init; }

    public Secret? Push { get; init; }

    public UnstructuredObject? MachineConfig { get; init; }

    /// <summary>Whether the cluster serves OpenShift's builds.</summary>
    public bool AreBuildsServed { get; init; } = true;

    /// <summary>A mark of all that there is.</summary>
    public string Fingerprint(string pool, string config)
    {
        using var mark = new InputsFingerprint();
        foreach (string key in (string[])[InputNames.BaseImagePullSecretName, InputNames.FinalImagePushSecretName, InputNames.FinalImagePullspec, InputNames.ImageBuilderType])
            mark.Add(key, BuildConfig?.Data.GetValueOrDefault(key));

        AddContent(mark, pool);
        mark.Add("binary", Custom?.BinaryData?.ContainsKey(pool) == true ? pool : null);
        mark.Add("pull", $"{Pull?.Metadata.Uid}/{Pull?.Metadata.ResourceVersion}");
        mark.Add("push", $"{Push?.Metadata.Uid}/{Push?.Metadata.ResourceVersion}");
        mark.Add(config, $"{MachineConfig?.Metadata.Uid}/{MachineConfig?.Metadata.ResourceVersion}");
        mark.Add("builds", AreBuildsServed ? "served" : null);
        return mark.Finish();
    }

    /// <summary>A mark of what goes into the image, apart from the rendered config.</summary>
    public string ContentMark(string pool)
    {
        using var mark = new InputsFingerprint();
        AddContent(mark, pool);
        return mark.Finish();
    }

    private void AddContent(InputsFingerprint mark, string pool)
    {
        foreach (string key in (string[])[InputNames.BaseOSContainerImage, InputNames.BaseOSExtensionsContainerImage, InputNames.ReleaseVersion])
            mark.Add(key, OSImage?.Data.GetValueOrDefault(key));

        mark.Add(InputNames.CustomContainerfile, Custom?.Data.GetValueOrDefault(pool));
    }
}
