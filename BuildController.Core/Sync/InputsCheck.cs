using System.Text;
using BuildController.Core.Images;
using BuildController.Core.Model;

namespace BuildController.Core.Sync;

/// <summary>
/// Checks what there is to build from. The first fault found is the one that is told: it names the object, the key and the
/// value, and says what to do; of a secret it names no value.
/// </summary>
internal sealed class InputsCheck(string @namespace)
{
    /// <exception cref="InvalidInputException">It cannot be built from.</exception>
    public BuildInputs Check(string pool, string config, FoundInputs found)
    {
        if (config.Length > BuildLabels.LongestValue)
            throw new InvalidInputException($"The rendered config name '{config}' has {config.Length} characters, labels allow {BuildLabels.LongestValue}: the pool's name may have 21 at most.");

        ImageBuilderType builder = Builder(found);
        ImageReference finalImage = FinalImage(Required(found.BuildConfig, InputNames.BuildConfig, InputNames.FinalImagePullspec), config);
        CanonicalSecret? pull = Credentials(found.Pull, found.BuildConfig, InputNames.BaseImagePullSecretName);
        CanonicalSecret? push = Credentials(found.Push, found.BuildConfig, InputNames.FinalImagePushSecretName);
        var inputs = new BuildInputs
        {
            Builder = builder,
            BaseImage = OneWord(InputNames.BaseOSContainerImage, Required(found.OSImage, InputNames.OSImageUrl, InputNames.BaseOSContainerImage)),
            ExtensionsImage = OneWord(InputNames.BaseOSExtensionsContainerImage, Optional(found.OSImage, InputNames.BaseOSExtensionsContainerImage)) is { Length: > 0 } extensions ? extensions : null,
            ReleaseVersion = OneWord(InputNames.ReleaseVersion, Optional(found.OSImage, InputNames.ReleaseVersion)),
            BaseImagePullSecret = pull?.Name ?? found.Pull!.Metadata.Name,
            FinalImagePushSecret = push?.Name ?? found.Push!.Metadata.Name,
            CanonicalSecrets = [.. ((CanonicalSecret?[])[pull, push]).OfType<CanonicalSecret>().DistinctBy(static secret => secret.Name)],
            FinalImage = finalImage,
            CustomContainerfile = Custom(pool, found.Custom),
            MachineConfigPayload = MachineConfigPayload.Pack(found.MachineConfig ?? throw new InvalidInputException($"MachineConfig {config} is missing.")),
        };
        CheckSize(BuildObjects.MachineConfigKey, inputs.MachineConfigPayload, $"MachineConfig {config}, gzipped and as base64,", "Make the config smaller.");
        CheckSize(BuildObjects.ContainerfileKey, Containerfile.Render(pool, config, inputs), "The rendered Containerfile", $"Make key {pool} of ConfigMap {InputNames.CustomContainerfile} smaller.");
        return inputs;
    }

    /// <summary>A file that is not UTF-8 gets into binaryData without a word: it must not be left out of the image as quietly.</summary>
    private string? Custom(string pool, ConfigMap? custom) => custom?.BinaryData?.ContainsKey(pool) == true
        ? throw new InvalidInputException($"Key {pool} of ConfigMap {@namespace}/{InputNames.CustomContainerfile} is no text: it is in binaryData, where files go that are not UTF-8. Write it as UTF-8.")
        : custom?.Data.GetValueOrDefault(pool);

    private ImageBuilderType Builder(FoundInputs found)
    {
        _ = found.BuildConfig ?? throw Missing(InputNames.BuildConfig);
        string configured = Optional(found.BuildConfig, InputNames.ImageBuilderType);
        ImageBuilderType builder = ImageBuilderTypes.Parse(configured) ?? throw new InvalidInputException(
            $"{InputNames.ImageBuilderType} of ConfigMap {@namespace}/{InputNames.BuildConfig} is '{configured}': valid are {ImageBuilderTypes.OpenShiftImageBuilder} (the default) and {ImageBuilderTypes.CustomPodBuilder}.");
        if (builder == ImageBuilderType.OpenShiftImageBuilder && !found.AreBuildsServed)
        {
            string asked = configured.Length == 0 ? $"names no builder, which stands for {ImageBuilderTypes.OpenShiftImageBuilder}" : $"is {ImageBuilderTypes.OpenShiftImageBuilder}";
            throw new InvalidInputException(
                $"{InputNames.ImageBuilderType} of ConfigMap {@namespace}/{InputNames.BuildConfig} {asked}, and this cluster does not serve {Resources.Builds.Resource}: set it to {ImageBuilderTypes.CustomPodBuilder}.");
        }

        return builder;
    }

    private ImageReference FinalImage(string pullspec, string config)
    {
        try
        {
            ImageReference reference = ImageReference.Parse(pullspec);
            if (reference.Digest is not null)
                throw new FormatException($"'{pullspec}' has a digest, and what is not built yet has none: leave it out.");

            return reference.WithTag(config);
        }
        catch (FormatException fault)
        {
            throw new InvalidInputException($"{InputNames.FinalImagePullspec} of ConfigMap {@namespace}/{InputNames.BuildConfig}: {fault.Message}");
        }
    }

    private CanonicalSecret? Credentials(Secret? secret, ConfigMap? buildConfig, string role)
    {
        string name = secret?.Metadata.Name ?? Required(buildConfig, InputNames.BuildConfig, role);
        string what = $"Secret {@namespace}/{name} ({role})";
        try
        {
            return PullSecret.Canonicalise(secret ?? throw new InvalidInputException($"{what} is missing."));
        }
        catch (FormatException fault)
        {
            throw new InvalidInputException($"{what} {fault.Message}");
        }
    }

    /// <summary>What stands in a line of the Containerfile must not begin another one.</summary>
    private string OneWord(string key, string value) => value.Any(static character => char.IsWhiteSpace(character) || char.IsControl(character))
        ? throw new InvalidInputException($"Key {key} of ConfigMap {@namespace}/{InputNames.OSImageUrl} is '{value}': it may have no white space.")
        : value;

    private static void CheckSize(string key, string value, string what, string remedy)
    {
        int size = Encoding.UTF8.GetByteCount(value) + key.Length;
        if (size > MachineConfigPayload.ConfigMapLimit)
            throw new InvalidInputException($"{what} has {size} bytes, a ConfigMap holds {MachineConfigPayload.ConfigMapLimit}. {remedy}");
    }

    private string Required(ConfigMap? map, string name, string key)
    {
        _ = map ?? throw Missing(name);
        string value = Optional(map, key);
        return value.Length > 0 ? value : throw new InvalidInputException($"ConfigMap {@namespace}/{name} lacks a value for key {key}.");
    }

    private static string Optional(ConfigMap? map, string key) => map?.Data.GetValueOrDefault(key)?.Trim() ?? string.Empty;

    private InvalidInputException Missing(string name) => new($"ConfigMap {@namespace}/{name} is missing.");
}
