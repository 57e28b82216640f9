using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Tests.Core.Rebuild;

namespace BuildController.Tests.Core.Exploration;

/// <summary>What may happen in a state of the model besides what the machine does.</summary>
internal static class ModelMoves
{
    private static readonly BuildProgress.Failed BrokenStep = new(FailureReason.BuildFailed, "a step failed", StillOccupied: false);
    private static readonly BuildProgress.Failed BehindRunning = new(FailureReason.BuildFailed, "a step failed", StillOccupied: true);
    private static readonly BuildProgress.Failed Evicted = new(FailureReason.Evicted, "the node was low on memory", StillOccupied: false);
    private static readonly BuildProgress.Running Running = new();

    /// <summary>What people do, and controllers other than ours.</summary>
    public static IReadOnlyList<(string Name, Action<RebuildWorld> Do)> OfUsers { get; } =
    [
        ("request 1", static world => world.Request("1")),
        ("request 2", static world => world.Request("2")),
        ("withdraw", static world => world.Annotate(PoolKeys.RebuildImage, null)),
        ("reset retries", static world => world.Annotate(PoolKeys.BuildRetries, null)),
        ("opt out", static world => world.Label(PoolKeys.LayeringEnabled, null)),
        ("opt in", static world => world.Label(PoolKeys.LayeringEnabled, string.Empty)),
        ("render A", static world => world.Want(RebuildWorld.Config)),
        ("render B", static world => world.Want(RebuildWorld.OtherConfig)),
        ("no config", static world => world.Want(string.Empty)),
        ("spoil the inputs", static world => world.Inputs = RebuildWorld.InvalidInputs("a key is missing", "spoilt")),
        ("mend the inputs", static world => world.Inputs = RebuildWorld.ValidInputs()),
        ("other builder", static world => world.Inputs = RebuildWorld.ValidInputs("other", builder: ImageBuilderType.OpenShiftImageBuilder)),
        ("render degraded", static world => world.SetCondition(PoolConditionTypes.RenderDegraded, "True")),
        ("render recovered", static world => world.SetCondition(PoolConditionTypes.RenderDegraded, "False")),
        ("node degraded", static world => world.SetCondition(PoolConditionTypes.NodeDegraded, "True")),
        ("node recovered", static world => world.SetCondition(PoolConditionTypes.NodeDegraded, "False")),
        ("lose the image", static world => world.Annotate(PoolKeys.NewestImage, null)),
        ("delete the build", static world => world.Objects.RemoveAll(static item => item.Progress is not null)),
        ("delete a map", static world => world.Objects.Remove(world.Objects.Find(static item => item.Kind == OwnedKind.ConfigMap)!)),
    ];

    /// <summary>What the cluster does by itself.</summary>
    public static IEnumerable<(string Name, Action<RebuildWorld> Do)> OfTheCluster(RebuildWorld world)
    {
        if (world.Objects.Exists(static item => item.IsTerminating))
            yield return ("deletions finish", static world => world.FinishDeletions());

        if (world.Build is not { } build)
            yield break;

        if (build.Progress is BuildProgress.Pending && !build.IsStopping)
            yield return ("the build runs", static world => world.BuildTurns(Running));

        if (build.Progress is BuildProgress.Running && !build.IsStopping)
        {
            yield return ("the build succeeds", static world => Succeed(world));
            yield return ("the build succeeds without a digest", static world => world.BuildTurns(new BuildProgress.Succeeded(world.Now)));
            yield return ("the build fails behind a running pod", static world => world.BuildTurns(BehindRunning));
        }

        if (build is { Progress: BuildProgress.Pending or BuildProgress.Running })
        {
            yield return ("the build fails", static world => world.BuildTurns(BrokenStep));
            yield return ("the build is evicted", static world => world.BuildTurns(Evicted));
        }

        if (build is { IsStopping: true, Progress: BuildProgress.Failed { StillOccupied: true } })
            yield return ("the build is stopped", static world => world.BuildTurns(BrokenStep));
    }

    /// <summary>What a patient world does: everything goes well.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public static bool GoOn(RebuildWorld world)
    {
        if (world.Objects.Exists(static item => item.IsTerminating))
            world.FinishDeletions();
        else if (world.Build is { Progress: BuildProgress.Pending, IsStopping: false })
            world.BuildTurns(Running);
        else if (world.Build is { Progress: BuildProgress.Running, IsStopping: false })
            Succeed(world);
        else if (world.Build is { Progress: BuildProgress.Pending or BuildProgress.Running or BuildProgress.Failed { StillOccupied: true } })
            world.BuildTurns(BrokenStep);
        else
            return false;

        return true;
    }

    private static void Succeed(RebuildWorld world)
    {
        OwnedObject build = world.Build!;
        world.Objects.Add(new OwnedObject(OwnedKind.ConfigMap, build.Name.Replace("build-", "digest-", StringComparison.Ordinal), $"digest-of-{build.Uid}", build.AttemptId, IsTerminating: false));
        world.Digest = new DigestObservation($"sha256:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(build.Uid)))}", null);
        world.BuildTurns(new BuildProgress.Succeeded(world.Now));
    }
}
