using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Core.Sync;

/// <summary>Reads what a build is made from, live, and has it checked before anything is touched.</summary>
internal sealed class InputsReader(IClientset clientset, ApiPipeline pipeline, string @namespace)
{
    private readonly InputsCheck check = new(@namespace);

    /// <exception cref="ApiException">Something could not be read; what is not there is no exception.</exception>
    public async Task<InputsObservation> ReadAsync(PoolObservation about, CancellationToken cancellationToken)
    {
        string pool = about.PoolName, config = about.Pool!.Spec.Configuration!.Name;
        ConfigMap? buildConfig = await FindAsync(Resources.ConfigMaps, InputNames.BuildConfig, cancellationToken);
        var found = new FoundInputs
        {
            BuildConfig = buildConfig,
            OSImage = await FindAsync(Resources.ConfigMaps, InputNames.OSImageUrl, cancellationToken),
            Custom = await FindAsync(Resources.ConfigMaps, InputNames.CustomContainerfile, cancellationToken),
            Pull = await SecretAsync(buildConfig, InputNames.BaseImagePullSecretName, cancellationToken),
            Push = await SecretAsync(buildConfig, InputNames.FinalImagePushSecretName, cancellationToken),
            MachineConfig = await pipeline.ExecuteAsync(
                token => clientset.Resource(Resources.MachineConfigs).FindAsync(new ObjectKey(config), token), cancellationToken),
            AreBuildsServed = about.AreBuildsServed,
        };
        string fingerprint = found.Fingerprint(pool, config), content = found.ContentMark(pool);
        try
        {
            return new InputsObservation.Valid(check.Check(pool, config, found)) { Fingerprint = fingerprint, ContentMark = content };
        }
        catch (InvalidInputException fault)
        {
            return new InputsObservation.Invalid(fault.Message) { Fingerprint = fingerprint, ContentMark = content };
        }
    }

    /// <summary>Who is configured to build, or null if that names nobody.</summary>
    public async Task<ImageBuilderType?> BuilderAsync(CancellationToken cancellationToken)
    {
        ConfigMap? buildConfig = await FindAsync(Resources.ConfigMaps, InputNames.BuildConfig, cancellationToken);
        return buildConfig is null ? null : ImageBuilderTypes.Parse(buildConfig.Data.GetValueOrDefault(InputNames.ImageBuilderType));
    }

    /// <summary>
    /// One that a configuration names which another controller has rewritten may be the copy of another one: that one is followed,
    /// or a rotation would go unseen.
    /// </summary>
    private async Task<Secret?> SecretAsync(ConfigMap? buildConfig, string key, CancellationToken cancellationToken)
    {
        if (buildConfig?.Data.GetValueOrDefault(key)?.Trim() is not { Length: > 0 } name)
            return null;

        Secret? named = await FindAsync(Resources.Secrets, name, cancellationToken);
        return named is not null && CanonicalSecret.OriginalOf(named.Metadata) is { } original
            ? await FindAsync(Resources.Secrets, original, cancellationToken) ?? named
            : named;
    }

    private Task<T?> FindAsync<T>(ResourceType<T> type, string name, CancellationToken cancellationToken)
        where T : class =>
        pipeline.ExecuteAsync(token => clientset.Resource(type).FindAsync(new ObjectKey(@namespace, name), token), cancellationToken);
}
