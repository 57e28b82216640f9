using BuildController.Core.Images;
using BuildController.Core.Model;
using FluentAssertions;

namespace BuildController.Tests.Core.Sync;

/// <summary>
/// What must be true after every single write, whoever writes: at most one live build object per pool, an image annotation that
/// only changes to a digest that a build has published, and objects of others that nobody touches.
/// </summary>
internal sealed class Invariants(BuildWorld world)
{
    private readonly List<string> violations = [];
    private readonly Dictionary<string, HashSet<string>> published = [];
    private readonly Dictionary<string, List<string?>> images = [];
    private readonly Dictionary<string, Func<string?>> foreign = [];
    private readonly Dictionary<string, string?> foreignVersions = [];
    private readonly List<BuildSeen> builds = [];

    /// <summary>Every build object that ever was, as it was first seen.</summary>
    public IReadOnlyList<BuildSeen> Builds => builds;

    /// <summary>How many build objects of one pool there ever were at once, those on their way out among them.</summary>
    public int MostBuildsAtOnce { get; private set; }

    /// <summary>The images that a pool's annotation has named, in order; null where it was not there.</summary>
    public IReadOnlyList<string?> ImagesOf(string pool) => images.GetValueOrDefault(pool) ?? [];

    /// <summary>Declares an object that the controller must leave alone.</summary>
    public void Protect(string name, Func<string?> version)
    {
        foreign[name] = version;
        foreignVersions[name] = version();
    }

    /// <param name="plural">What was written: nothing else can have broken a rule.</param>
    /// <param name="after">The write, for people.</param>
    public void Check(string plural, string after)
    {
        if (plural is "pods" or "builds")
            CheckBuilds(after);
        else if (plural == "configmaps")
            NoteDigests();
        else if (plural == "machineconfigpools")
            CheckImages(after);

        foreach ((string name, Func<string?> version) in foreign)
        {
            if (version() != foreignVersions[name])
                violations.Add($"After '{after}' {name}, which is not ours, has changed.");
        }
    }

    public void ShouldHold() => violations.Should().BeEmpty();

    private void CheckBuilds(string after)
    {
        IReadOnlyList<BuildSeen> present = world.BuildsOf();
        builds.AddRange(present.Where(build => builds.TrueForAll(known => known.Uid != build.Uid)).ToArray());
        MostBuildsAtOnce = Math.Max(MostBuildsAtOnce, present.GroupBy(static build => build.Pool).Select(static ofPool => ofPool.Count()).DefaultIfEmpty().Max());
        foreach (IGrouping<string, BuildSeen> ofPool in present.Where(static build => build.IsLive).GroupBy(static build => build.Pool))
        {
            if (ofPool.Count() > 1)
                violations.Add($"After '{after}' pool {ofPool.Key} has {ofPool.Count()} live builds: {string.Join(", ", ofPool.Select(static build => $"{build.Kind} {build.Name}"))}.");
        }

        foreach (Build build in world.OpenShiftBuilds())
        {
            if (build.Metadata.Labels.GetValueOrDefault(BuildLabels.TargetPool) is { } pool && build.Status.Output?.To?.ImageDigest?.Trim() is { } digest)
                Of(pool).Add(digest);
        }
    }

    private void NoteDigests()
    {
        foreach (ConfigMap map in world.Maps())
        {
            if (map.Metadata.Labels.ContainsKey(BuildLabels.TargetPool) && map.Metadata.Name.StartsWith("digest-", StringComparison.Ordinal) && map.Data.GetValueOrDefault("digest")?.Trim() is { } digest && ImageDigest.IsValid(digest))
                Of(map.Metadata.Labels[BuildLabels.TargetPool]).Add(digest);
        }
    }

    private void CheckImages(string after)
    {
        foreach (MachineConfigPool pool in world.Pools())
        {
            string? image = pool.Metadata.Annotations.GetValueOrDefault(PoolKeys.NewestImage);
            if (!images.TryGetValue(pool.Metadata.Name, out List<string?>? before))
            {
                images[pool.Metadata.Name] = [image];
                continue;
            }

            if (image == before[^1])
                continue;

            before.Add(image);
            if (image is not null && !Of(pool.Metadata.Name).Contains(image[(image.IndexOf('@', StringComparison.Ordinal) + 1)..]))
                violations.Add($"After '{after}' pool {pool.Metadata.Name} has image {image}, which no build of it has published.");
        }
    }

    private HashSet<string> Of(string pool)
    {
        if (!published.TryGetValue(pool, out HashSet<string>? digests))
            published[pool] = digests = [];

        return digests;
    }
}
