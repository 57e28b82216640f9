using BuildController.Core.Rebuild;

namespace BuildController.Core.Sync;

/// <summary>How the build controller works.</summary>
public sealed record ImageBuildOptions
{
    /// <summary>The namespace of builds and their inputs. The default is <c>openshift-machine-config-operator</c>.</summary>
    public string Namespace { get; init; } = "openshift-machine-config-operator";

    /// <summary>How many pools are worked on at once. The default is 5.</summary>
    public int Workers { get; init; } = 5;

    /// <summary>How long a pool waits after an event, so that a burst of events is answered once. The default is 5 seconds.</summary>
    public TimeSpan UpdateDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The image that runs buildah. The default is <c>quay.io/buildah/stable:latest</c>.</summary>
    public string BuilderImage { get; init; } = "quay.io/buildah/stable:latest";

    /// <summary>
    /// How long work on pools that runs at a stop may go on before it is cut off; a build goes on by itself in any case. The default is 15 seconds.
    /// </summary>
    public TimeSpan StopGracePeriod { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The numbers that the rebuild machine decides by.</summary>
    public RebuildPolicy Policy { get; init; } = RebuildPolicy.Default;
}
