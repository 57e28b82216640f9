namespace BuildController.Core.Sync;

/// <summary>Where an admin says what to build from: ConfigMaps of the build namespace, and their keys.</summary>
public static class InputNames
{
    /// <summary>Required: secrets, repository and builder.</summary>
    public const string BuildConfig = "on-cluster-build-config";

    /// <summary>Required: the base image.</summary>
    public const string OSImageUrl = "machine-config-osimageurl";

    /// <summary>Optional: what is added to the build, by pool name.</summary>
    public const string CustomContainerfile = "on-cluster-build-custom-dockerfile";

    /// <summary>Key of <see cref="BuildConfig"/>: the secret to pull the base image with.</summary>
    public const string BaseImagePullSecretName = "baseImagePullSecretName";

    /// <summary>Key of <see cref="BuildConfig"/>: the secret to push the result with.</summary>
    public const string FinalImagePushSecretName = "finalImagePushSecretName";

    /// <summary>Key of <see cref="BuildConfig"/>: the repository to push to.</summary>
    public const string FinalImagePullspec = "finalImagePullspec";

    /// <summary>Key of <see cref="BuildConfig"/>: who builds.</summary>
    public const string ImageBuilderType = "imageBuilderType";

    /// <summary>Key of <see cref="OSImageUrl"/>: the base image.</summary>
    public const string BaseOSContainerImage = "baseOSContainerImage";

    /// <summary>Key of <see cref="OSImageUrl"/>: the extensions image, optional.</summary>
    public const string BaseOSExtensionsContainerImage = "baseOSExtensionsContainerImage";

    /// <summary>Key of <see cref="OSImageUrl"/>: the release of the base image.</summary>
    public const string ReleaseVersion = "releaseVersion";
}
