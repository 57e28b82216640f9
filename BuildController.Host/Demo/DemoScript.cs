using BuildController.Core.Model;
using BuildController.Core.Rebuild;

namespace BuildController.Host.Demo;

/// <summary>The steps of the tour. Each acts as an admin would and checks all that an admin would look at.</summary>
internal sealed class DemoScript(DemoAdmin admin, StepTable table)
{
    private const int RetryLimit = 5;
    private const string Good = "FROM configs AS final\nRUN rpm-ostree install tree && ostree container commit\n";
    private const string Broken = "FROM configs AS final\nRUN false\n";

    /// <summary>Runs all steps; ends at the first that fails, because the next ones stand on it.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken) =>
        await table.StepAsync("The pool opts in", () => FirstBuildAsync(cancellationToken))
        && await table.StepAsync("A rebuild is asked for", () => RebuildAsync("tour-1", cancellationToken))
        && await table.StepAsync("A broken Dockerfile fails it", () => FailAsync(cancellationToken))
        && await table.StepAsync("Four more: the retry limit", () => ReachLimitAsync(cancellationToken))
        && await table.StepAsync("A sixth request is refused", () => RefuseAsync(cancellationToken))
        && await table.StepAsync("Mended: it builds again", () => RecoverAsync(cancellationToken));

    private async Task<string> FirstBuildAsync(CancellationToken cancellationToken)
    {
        await admin.OptInAsync(cancellationToken);
        DemoView view = await admin.WaitAsync("the first image", static view => IsBuilt(view) && !view.HasLeftovers, cancellationToken);
        StepFailedException.Unless(view.Retries is null, $"a first build is no retry, but buildRetries is {view.Retries}");
        return $"{view.ShortDigest}…, first build, cleaned up";
    }

    private async Task<string> RebuildAsync(string request, CancellationToken cancellationToken)
    {
        string? before = admin.View.Image;
        HashSet<string?> known = [.. admin.View.Builds.Select(static pod => pod.Metadata.Uid)];
        await admin.RequestRebuildAsync(request, cancellationToken);
        DemoView building = await admin.WaitAsync("a new build pod", view => view.Builds.Any(pod => !known.Contains(pod.Metadata.Uid)), cancellationToken);
        StepFailedException.Unless(building.Request == request, "the request was removed before the build completed");

        DemoView view = await admin.WaitAsync(
            "the new image", view => IsBuilt(view) && view.Image != before && view.Request is null && !view.HasLeftovers, cancellationToken);
        StepFailedException.Unless(view.Retries is null, $"success clears buildRetries, but it is {view.Retries}");
        return $"{view.ShortDigest}…, request removed, cleaned up";
    }

    private async Task<string> FailAsync(CancellationToken cancellationToken)
    {
        string? image = admin.View.Image;
        await admin.SetCustomContainerfileAsync(Broken, cancellationToken);
        DemoView view = await FailOnceAsync("tour-fail-1", 1, cancellationToken);
        StepFailedException.Unless(view.Image == image, "the last good image was lost");

        PoolCondition failed = view.Condition(PoolConditionTypes.BuildFailed)!;
        StepFailedException.Unless(failed.Message.Contains("RUN false", StringComparison.Ordinal), $"BuildFailed does not say what failed: {failed.Message}");
        return $"\"RUN false\" failed, image kept, buildRetries {view.Retries}";
    }

    private async Task<string> ReachLimitAsync(CancellationToken cancellationToken)
    {
        DemoView view = admin.View;
        for (int attempt = 2; attempt <= RetryLimit; attempt++)
            view = await FailOnceAsync($"tour-fail-{attempt}", attempt, cancellationToken);

        view = await admin.WaitAsync(
            "RetryLimitReached", static view => view.Condition(PoolConditionTypes.ImageBuildDegraded) is { Status: "True", Reason: nameof(PoolEventReason.RetryLimitReached) }, cancellationToken);
        return $"{view.Condition(PoolConditionTypes.ImageBuildDegraded)!.Reason}: pool degraded, buildRetries {view.Retries}";
    }

    private async Task<string> RefuseAsync(CancellationToken cancellationToken)
    {
        string?[] before = [.. admin.View.Builds.Select(static pod => pod.Metadata.Uid)];
        MachineConfigPool asked = await admin.RequestRebuildAsync("tour-refused", cancellationToken);
        DemoView view = await admin.WaitAsync(
            "the refusal",
            view => view.Pool.Metadata.ResourceVersion != asked.Metadata.ResourceVersion && view.Request is null && view.HasEvent(nameof(PoolEventReason.RebuildRefused)),
            cancellationToken);
        StepFailedException.Unless(view.Builds.Select(static pod => pod.Metadata.Uid).SequenceEqual(before), "a refused request touched the build objects");
        StepFailedException.Unless(view.Retries == "5", $"a refused request counted: buildRetries is {view.Retries}");
        return "RebuildRefused: request removed, nothing touched";
    }

    private async Task<string> RecoverAsync(CancellationToken cancellationToken)
    {
        await admin.SetCustomContainerfileAsync(Good, cancellationToken);
        await admin.ResetRetriesAsync(cancellationToken);
        string result = await RebuildAsync("tour-mended", cancellationToken);
        DemoView view = admin.View;
        StepFailedException.Unless(
            !view.Is(PoolConditionTypes.BuildFailed) && !view.Is(PoolConditionTypes.ImageBuildDegraded) && !view.Is(PoolConditionTypes.Degraded),
            $"the pool is still degraded: {view.Describe()}");
        return result;
    }

    private async Task<DemoView> FailOnceAsync(string request, int count, CancellationToken cancellationToken)
    {
        HashSet<string?> known = [.. admin.View.Builds.Select(static pod => pod.Metadata.Uid)];
        await admin.RequestRebuildAsync(request, cancellationToken);
        return await admin.WaitAsync(
            $"failure {count}",
            view => view.Is(PoolConditionTypes.BuildFailed) && view.Request is null && view.Retries == $"{count}"
                && view.Builds is [var build] && !known.Contains(build.Metadata.Uid),
            cancellationToken);
    }

    private static bool IsBuilt(DemoView view) =>
        view.Is(PoolConditionTypes.BuildSuccess) && !view.Is(PoolConditionTypes.Building) && !view.Is(PoolConditionTypes.BuildPending) && view.Image is not null;
}
