using System.Text;
using System.Text.Json;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Core.Sync;

/// <summary>
/// Reads what a build is made from, live, and checks all of it before anything is touched. The first fault found is the
/// one that is told: it names the object, the key and the value, and says what to do.
/// </summary>
internal sealed class InputsReader(IClientset clientset, ApiPipeline pipeline, string @namespace)
{
    /// <summary>The most characters that the API allows in a label's value; the rendered config's name is one.</summary>
    private const int LongestLabelValue = 63;

    public async Task<InputsObservation> ReadAsync(string pool, string config, CancellationToken cancellationToken)
    {
        using var fingerprint = new InputsFingerprint();
        ConfigMap? buildConfig = await FindAsync(Resources.ConfigMaps, InputNames.BuildConfig, cancellationToken);
        ConfigMap? osImage = await FindAsync(Resources.ConfigMaps, InputNames.OSImageUrl, cancellationToken);
        ConfigMap? custom = await FindAsync(Resources.ConfigMaps, InputNames.CustomContainerfile, cancellationToken);
        Secret? pull = await SecretAsync(buildConfig, InputNames.BaseImagePullSecretName, cancellationToken);
        Secret? push = await SecretAsync(buildConfig, InputNames.FinalImagePushSecretName, cancellationToken);
        UnstructuredObject? machineConfig = await pipeline.ExecuteAsync(
            token => clientset.Resource(Resources.MachineConfigs).FindAsync(new ObjectKey(config), token), cancellationToken);

        foreach (string key in (string[])[InputNames.BaseImagePullSecretName, InputNames.FinalImagePushSecretName, InputNames.FinalImagePullspec, InputNames.ImageBuilderType])
            fingerprint.Add(key, buildConfig?.Data.GetValueOrDefault(key));

        foreach (string key in (string[])[InputNames.BaseOSContainerImage, InputNames.BaseOSExtensionsContainerImage, InputNames.ReleaseVersion])
            fingerprint.Add(key, osImage?.Data.GetValueOrDefault(key));

        fingerprint.Add(InputNames.CustomContainerfile, custom?.Data.GetValueOrDefault(pool));
        fingerprint.Add("pull", $"{pull?.Metadata.Uid}/{pull?.Metadata.ResourceVersion}");
        fingerprint.Add("push", $"{push?.Metadata.Uid}/{push?.Metadata.ResourceVersion}");
        fingerprint.Add(config, $"{machineConfig?.Metadata.Uid}/{machineConfig?.Metadata.ResourceVersion}");
        string mark = fingerprint.Finish();
        try
        {
            return new InputsObservation.Valid(Check(pool, config, buildConfig, osImage, custom, pull, push, machineConfig), mark);
        }
        catch (InvalidInputException fault)
        {
            return new InputsObservation.Invalid(fault.Message, mark);
        }
    }

    private BuildInputs Check(
        string pool, string config, ConfigMap? buildConfig, ConfigMap? osImage, ConfigMap? custom, Secret? pull, Secret? push, UnstructuredObject? machineConfig)
    {
        if (config.Length > LongestLabelValue)
            throw new InvalidInputException($"The rendered config name '{config}' has {config.Length} characters, labels allow {LongestLabelValue}: the pool's name may have 21 at most.");

        string builder = Builder(buildConfig);
        ImageReference finalImage = FinalImage(Required(buildConfig, InputNames.BuildConfig, InputNames.FinalImagePullspec), config);
        CheckSecret(pull, Required(buildConfig, InputNames.BuildConfig, InputNames.BaseImagePullSecretName), InputNames.BaseImagePullSecretName);
        CheckSecret(push, Required(buildConfig, InputNames.BuildConfig, InputNames.FinalImagePushSecretName), InputNames.FinalImagePushSecretName);
        string extensions = Optional(osImage, InputNames.BaseOSExtensionsContainerImage);
        var inputs = new BuildInputs
        {
            Builder = builder,
            BaseImage = Required(osImage, InputNames.OSImageUrl, InputNames.BaseOSContainerImage),
            ExtensionsImage = extensions.Length > 0 ? extensions : null,
            ReleaseVersion = Optional(osImage, InputNames.ReleaseVersion),
            BaseImagePullSecret = pull!.Metadata.Name,
            FinalImagePushSecret = push!.Metadata.Name,
            FinalImage = finalImage,
            CustomContainerfile = custom?.Data.GetValueOrDefault(pool),
            MachineConfigPayload = MachineConfigPayload.Pack(machineConfig ?? throw new InvalidInputException($"MachineConfig {config} is missing.")),
        };
        CheckSize(BuildObjects.MachineConfigKey, inputs.MachineConfigPayload, $"MachineConfig {config}, gzipped and as base64,", "Make the config smaller.");
        CheckSize(BuildObjects.ContainerfileKey, Containerfile.Render(pool, config, inputs), "The rendered Containerfile", $"Make key {pool} of ConfigMap {InputNames.CustomContainerfile} smaller.");
        return inputs;
    }

    private string Builder(ConfigMap? buildConfig)
    {
        _ = buildConfig ?? throw Missing(InputNames.BuildConfig);
        string builder = Optional(buildConfig, InputNames.ImageBuilderType);
        return builder switch
        {
            CustomPodBuilder.Name => builder,
            "" or "openshift-image-builder" => throw new InvalidInputException(
                $"{InputNames.ImageBuilderType} of ConfigMap {@namespace}/{InputNames.BuildConfig} asks for openshift-image-builder (the default), which this version does not have: set it to {CustomPodBuilder.Name}."),
            _ => throw new InvalidInputException(
                $"{InputNames.ImageBuilderType} of ConfigMap {@namespace}/{InputNames.BuildConfig} is '{builder}': valid is {CustomPodBuilder.Name}."),
        };
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

    private void CheckSecret(Secret? secret, string name, string role)
    {
        const string Type = "kubernetes.io/dockerconfigjson", Key = ".dockerconfigjson";
        string what = $"Secret {@namespace}/{name} ({role})";
        if (secret is null)
            throw new InvalidInputException($"{what} is missing.");

        if (secret.Type != Type || !secret.Data.TryGetValue(Key, out byte[]? value) || value.Length == 0)
            throw new InvalidInputException($"{what} must be of type {Type} and have a key {Key}: it is of type '{secret.Type}' and has {(secret.Data.Count == 0 ? "no keys" : "keys " + string.Join(", ", secret.Data.Keys))}.");

        try
        {
            using JsonDocument content = JsonDocument.Parse(value);
            if (content.RootElement.ValueKind != JsonValueKind.Object || !content.RootElement.TryGetProperty("auths", out JsonElement auths) || auths.ValueKind != JsonValueKind.Object)
                throw new InvalidInputException($"{what}: key {Key} has no object 'auths'.");
        }
        catch (JsonException)
        {
            // The parser's own message could quote the secret.
            throw new InvalidInputException($"{what}: key {Key} is not JSON.");
        }
    }

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

    private async Task<Secret?> SecretAsync(ConfigMap? buildConfig, string key, CancellationToken cancellationToken)
    {
        string name = Optional(buildConfig, key);
        return name.Length == 0 ? null : await FindAsync(Resources.Secrets, name, cancellationToken);
    }

    private Task<T?> FindAsync<T>(ResourceType<T> type, string name, CancellationToken cancellationToken)
        where T : class =>
        pipeline.ExecuteAsync(token => clientset.Resource(type).FindAsync(new ObjectKey(@namespace, name), token), cancellationToken);

    private sealed class InvalidInputException(string message) : Exception(message);
}
