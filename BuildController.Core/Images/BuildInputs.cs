namespace BuildController.Core.Images;

/// <summary>What a build is made from: checked, and complete.</summary>
public sealed record BuildInputs
{
    /// <summary>Who builds it, <c>custom-pod-builder</c> or <c>openshift-image-builder</c>.</summary>
    public required string Builder { get; init; }

    /// <summary>The OS image to build on.</summary>
    public required string BaseImage { get; init; }

    /// <summary>The image with the OS extensions, or null to leave that stage out.</summary>
    public string? ExtensionsImage { get; init; }

    /// <summary>The release that the base image is of; may be empty.</summary>
    public string ReleaseVersion { get; init; } = string.Empty;

    /// <summary>The secret to pull the base image with.</summary>
    public required string BaseImagePullSecret { get; init; }

    /// <summary>The secret to push the result with.</summary>
    public required string FinalImagePushSecret { get; init; }

    /// <summary>The repository to push to; its tag, if it has one, is replaced.</summary>
    public required ImageReference FinalImage { get; init; }

    /// <summary>What the admin adds to the build, verbatim, or null.</summary>
    public string? CustomContainerfile { get; init; }

    /// <summary>The rendered machine config as a build takes it: gzipped JSON, as base64.</summary>
    public required string MachineConfigPayload { get; init; }
}
