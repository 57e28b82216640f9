using BuildController.Core.Model;
using BuildController.Informers.Events;

namespace BuildController.Host.Demo;

/// <summary>What the admin sees at one moment.</summary>
/// <param name="Pool">The sample pool.</param>
/// <param name="Builds">Build pods of any attempt.</param>
/// <param name="ConfigMaps">ConfigMaps of any attempt.</param>
/// <param name="Events">Events of any object.</param>
internal sealed record DemoView(MachineConfigPool Pool, IReadOnlyList<Pod> Builds, IReadOnlyList<ConfigMap> ConfigMaps, IReadOnlyList<CoreEvent> Events)
{
    public string? Image => Annotation(PoolKeys.NewestImage);

    public string? Request => Annotation(PoolKeys.RebuildImage);

    public string? Retries => Annotation(PoolKeys.BuildRetries);

    /// <summary>The digest of the newest image, short, as people quote it.</summary>
    public string ShortDigest => Image is { } image && image.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? image.Substring(at + 1, 19) : "none";

    public bool HasLeftovers => Builds.Count + ConfigMaps.Count > 0;

    public PoolCondition? Condition(string type) => Pool.Status.Conditions.LastOrDefault(condition => condition.Type == type);

    public bool Is(string type) => Condition(type)?.Status == "True";

    public bool HasEvent(string reason) => Events.Any(item => item.Reason == reason && item.InvolvedObject.Uid == Pool.Metadata.Uid);

    /// <summary>The conditions that are true and the annotations of ours, in one line.</summary>
    public string Describe()
    {
        IEnumerable<string> conditions = Pool.Status.Conditions.Where(static condition => condition.Status == "True").Select(static condition => condition.Type);
        return $"{string.Join(", ", conditions.DefaultIfEmpty("no condition"))}; rebuildImage={Request ?? "-"}, buildRetries={Retries ?? "-"}, {Builds.Count} build pods, {ConfigMaps.Count} ConfigMaps";
    }

    private string? Annotation(string key) => Pool.Metadata.Annotations.GetValueOrDefault(key);
}
