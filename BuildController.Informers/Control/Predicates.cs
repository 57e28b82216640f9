using BuildController.Informers.Api;
using BuildController.Informers.Cache;

namespace BuildController.Informers.Control;

/// <summary>
/// What <see cref="SourceOptions{T}.Where"/> is often set to. All of them let through what came and what went, at the start too: they choose
/// among updates.
/// </summary>
public static class Predicates
{
    /// <summary>Updates of what the object asks for, not those of its status or metadata: <c>metadata.generation</c> has changed. Resyncs are left out.</summary>
    public static Func<InformerChange<T>, bool> GenerationChanged<T>()
        where T : class, IKubernetesObject => ChangedBy<T>(static (old, now) => old.Metadata.Generation != now.Metadata.Generation);

    /// <summary>Updates of annotations. Resyncs are left out.</summary>
    public static Func<InformerChange<T>, bool> AnnotationsChanged<T>()
        where T : class, IKubernetesObject => ChangedBy<T>(static (old, now) => !AreEqual(old.Metadata.Annotations, now.Metadata.Annotations));

    /// <summary>Updates of labels. Resyncs are left out.</summary>
    public static Func<InformerChange<T>, bool> LabelsChanged<T>()
        where T : class, IKubernetesObject => ChangedBy<T>(static (old, now) => !AreEqual(old.Metadata.Labels, now.Metadata.Labels));

    /// <summary>Updates of anything: only resyncs are left out.</summary>
    public static Func<InformerChange<T>, bool> NoResync<T>()
        where T : class => static change => !change.IsResync;

    /// <summary>What any of the others lets through.</summary>
    public static Func<InformerChange<T>, bool> AnyOf<T>(params IReadOnlyList<Func<InformerChange<T>, bool>> predicates)
        where T : class => change => predicates.Any(one => one(change));

    /// <summary>Updates for which a comparison of the object before and after says so.</summary>
    /// <param name="hasChanged">Called with the old and the new state.</param>
    public static Func<InformerChange<T>, bool> ChangedBy<T>(Func<T, T, bool> hasChanged)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(hasChanged);
        return change => change.Old is not { } old || hasChanged(old, change.Object);
    }

    private static bool AreEqual(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        ReferenceEquals(one, other)
        || (one.Count == other.Count && one.All(entry => other.TryGetValue(entry.Key, out string? value) && value == entry.Value));
}
