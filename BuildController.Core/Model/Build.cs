using BuildController.Informers.Api;

namespace BuildController.Core.Model;

/// <summary>
/// A build of OpenShift's own build controller (build.openshift.io/v1): as much of its spec as an image of a pool needs, and
/// as much of its status as tells how it goes.
/// </summary>
public sealed record Build : IKubernetesObject
{
    /// <inheritdoc/>
    public ObjectMeta Metadata { get => field ?? new ObjectMeta(); init; }

    /// <summary>What should be built.</summary>
    public BuildSpec Spec { get => field ?? BuildSpec.Empty; init; }

    /// <summary>How the build goes.</summary>
    public BuildStatus Status { get => field ?? BuildStatus.Empty; init; }
}

/// <summary>What a Build should build.</summary>
public sealed record BuildSpec
{
    internal static readonly BuildSpec Empty = new();

    /// <summary>Where the sources come from.</summary>
    public BuildSource? Source { get; init; }

    /// <summary>How it is built.</summary>
    public BuildStrategy? Strategy { get; init; }

    /// <summary>Where the image goes.</summary>
    public BuildOutput? Output { get; init; }
}

/// <summary>The sources of a build: a Dockerfile, and ConfigMaps that are put beside it.</summary>
public sealed record BuildSource
{
    /// <summary><c>Dockerfile</c> for sources without a repository.</summary>
    public string? Type { get; init; }

    /// <summary>The Dockerfile; one of the same name among the ConfigMaps takes its place.</summary>
    public string? Dockerfile { get; init; }

    /// <summary>ConfigMaps whose keys become files; never null.</summary>
    public IReadOnlyList<ConfigMapSource> ConfigMaps { get => field ?? []; init; }
}

/// <summary>A ConfigMap among the sources of a build.</summary>
public sealed record ConfigMapSource
{
    /// <summary>Which one.</summary>
    public LocalReference? ConfigMap { get; init; }

    /// <summary>The folder that its keys become files in; null for the root of the build's context.</summary>
    public string? DestinationDir { get; init; }
}

/// <summary>Names an object of the same namespace.</summary>
/// <param name="Name">Its name.</param>
public sealed record LocalReference(string Name);

/// <summary>How a build is done.</summary>
public sealed record BuildStrategy
{
    /// <summary><c>Docker</c> for a Dockerfile.</summary>
    public string? Type { get; init; }

    /// <summary>The particulars of that strategy.</summary>
    public DockerBuildStrategy? DockerStrategy { get; init; }
}

/// <summary>How a Dockerfile is built.</summary>
public sealed record DockerBuildStrategy
{
    /// <summary>The secret to pull base images with.</summary>
    public LocalReference? PullSecret { get; init; }

    /// <summary><c>SkipLayers</c> to make one layer of all steps.</summary>
    public string? ImageOptimizationPolicy { get; init; }
}

/// <summary>Where the image of a build goes.</summary>
public sealed record BuildOutput
{
    /// <summary>The image to push.</summary>
    public ImageTarget? To { get; init; }

    /// <summary>The secret to push with.</summary>
    public LocalReference? PushSecret { get; init; }

    /// <summary>Labels for the image; never null.</summary>
    public IReadOnlyList<ImageLabel> ImageLabels { get => field ?? []; init; }
}

/// <summary>An image by its pullspec.</summary>
/// <param name="Kind"><c>DockerImage</c>.</param>
/// <param name="Name">The pullspec, with its tag.</param>
public sealed record ImageTarget(string Kind, string Name);

/// <summary>One label of an image.</summary>
/// <param name="Name">The key.</param>
/// <param name="Value">The value.</param>
public sealed record ImageLabel(string Name, string Value);

/// <summary>How a Build goes.</summary>
public sealed record BuildStatus
{
    internal static readonly BuildStatus Empty = new();

    /// <summary><c>New</c>, <c>Pending</c>, <c>Running</c>, <c>Complete</c>, <c>Failed</c>, <c>Error</c> or <c>Cancelled</c>.</summary>
    public string? Phase { get; init; }

    /// <summary>Whether the build was asked to stop.</summary>
    public bool Cancelled { get; init; }

    /// <summary>Why it is in that phase, for machines, for example <c>DockerBuildFailed</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>The same, for people.</summary>
    public string? Message { get; init; }

    /// <summary>The last lines of the log of a build that has failed.</summary>
    public string? LogSnippet { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? CompletionTimestamp { get; init; }

    /// <summary>The pullspec that the image was pushed to.</summary>
    public string? OutputDockerImageReference { get; init; }

    /// <summary>The image, once it is pushed.</summary>
    public BuildStatusOutput? Output { get; init; }
}

/// <summary>The image of a build that has ended well.</summary>
public sealed record BuildStatusOutput
{
    /// <summary>What was pushed.</summary>
    public PushedImage? To { get; init; }
}

/// <summary>An image that was pushed.</summary>
public sealed record PushedImage
{
    /// <summary>Its digest.</summary>
    public string? ImageDigest { get; init; }
}
