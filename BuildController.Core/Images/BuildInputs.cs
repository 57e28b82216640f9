namespace BuildController.Core.Images;

/// <summary>What a build is made from: checked, and complete.</summary>
internal sealed record BuildInputs
{
    /// <summary>Who builds it.</summary>
    public required ImageBuilderType Builder { get; init; }

    /// <summary>The OS image to build on.</summary>
    public required string BaseImage { get; init; }

    /// <summary>The image with the OS extensions, or null to leave that stage out.</summary>
    public string? ExtensionsImage { get; init; }

    /// <summary>The release that the base image is of; may be empty.</summary>
    public string ReleaseVersion { get; init; } = string.Empty;

    /// <summary>The secret to pull the base image with, as it is mounted.</summary>
    public required string BaseImagePullSecret { get; init; }

    /// <summary>The secret to push the result with, as it is mounted.</summary>
    public required string FinalImagePushSecret { get; init; }

    /// <summary>Those of the two that must be made from secrets in the old form; never null.</summary>
    public IReadOnlyList<CanonicalSecret> CanonicalSecrets { get; init; } = [];

    /// <summary>The repository to push to; its tag, if it has one, is replaced.</summary>
    public required ImageReference FinalImage { get; init; }

    /// <summary>What the admin adds to the build, verbatim, or null.</summary>
    public string? CustomContainerfile { get; init; }

    /// <summary>The rendered machine config as a build takes it: gzipped JSON, as base64.</summary>
    public required string MachineConfigPayload { get; init; }

    /// <summary>What tells builds apart, and none of their content: machine configs hold secrets.</summary>
    public override string ToString() => $"{BaseImage} to {FinalImage} by {Builder}";
}
