using BuildController.Core.Images;
using BuildController.Core.Model;

namespace BuildController.Core.Rebuild;

/// <summary>
/// The world as one sync sees it: all that the machine decides by. Made from live reads, never from an event.
/// </summary>
internal sealed record PoolObservation
{
    /// <summary>The pool's name.</summary>
    public required string PoolName { get; init; }

    /// <summary>The pool, or null if there is none of that name (any more).</summary>
    public MachineConfigPool? Pool
    {
        get;
        init
        {
            field = value;
            Annotations = value is null ? null : new PoolAnnotations(value.Metadata);
        }
    }

    /// <summary>What the pool's annotations say.</summary>
    internal PoolAnnotations? Annotations { get; private init; }

    /// <summary>Every object that some attempt made for a pool of this name.</summary>
    public IReadOnlyList<OwnedObject> Objects { get; init; } = [];

    /// <summary>The names that the served attempt needs and that objects of somebody else have.</summary>
    public IReadOnlyList<string> TakenNames { get; init; } = [];

    /// <summary>What the served attempt left as its digest.</summary>
    public DigestObservation Digest { get; init; } = DigestObservation.Missing;

    /// <summary>The inputs, or null as long as the machine has not asked for them.</summary>
    public InputsObservation? Inputs { get; init; }

    /// <summary>Who is configured to build now; null while nobody asked, and if that cannot be told.</summary>
    public ImageBuilderType? ConfiguredBuilder { get; init; }

    /// <summary>Whether the cluster serves OpenShift's builds.</summary>
    public bool AreBuildsServed { get; init; } = true;

    /// <summary>The time of the observation.</summary>
    public required DateTimeOffset Now { get; init; }
}
