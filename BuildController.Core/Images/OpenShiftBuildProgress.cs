using BuildController.Core.Model;
using BuildController.Core.Rebuild;

namespace BuildController.Core.Images;

/// <summary>Tells how far a Build is, and who is to blame if it failed.</summary>
internal static class OpenShiftBuildProgress
{
    /// <summary>What registries say when trying again is of no use.</summary>
    private static readonly string[] Refusals =
        ["unauthorized", "authentication required", "denied", "forbidden", "immutable", "quota", "no space left", "manifest unknown", "name unknown", "not found"];

    public static BuildProgress Of(Build build) => build.Status.Phase switch
    {
        "Running" => new BuildProgress.Running(),
        "Complete" => new BuildProgress.Succeeded(build.Status.CompletionTimestamp),
        "Failed" or "Error" or "Cancelled" => new BuildProgress.Failed(ReasonOf(build.Status), Describe(build.Status), StillOccupied: false),
        _ => new BuildProgress.Pending(WaitsFor(build.Status)),
    };

    /// <summary>The digest that a Build left, if it is of the image that it was to push.</summary>
    public static DigestObservation DigestOf(Build build, BuildAttempt attempt)
    {
        string pushed = build.Status.OutputDockerImageReference ?? string.Empty;
        if (pushed.Length > 0 && RepositoryOf(pushed) != RepositoryOf(attempt.Pullspec))
            return new DigestObservation(Value: null, $"Build {build.Metadata.Name} says that it pushed '{Quoted(pushed)}', which is not {attempt.Pullspec}.");

        string digest = build.Status.Output?.To?.ImageDigest?.Trim() ?? string.Empty;
        return ImageDigest.IsValid(digest)
            ? new DigestObservation(digest, Problem: null)
            : new DigestObservation(Value: null, $"Build {build.Metadata.Name} has no digest in status.output.to.imageDigest but '{Quoted(digest)}'.");
    }

    private static FailureReason ReasonOf(BuildStatus status) => status.Reason switch
    {
        "BuildPodEvicted" => FailureReason.Evicted,
        "BuildPodDeleted" => FailureReason.BuildDeleted,
        "BuildPodExists" or "CannotCreateBuildPod" or "ExceededRetryTimeout" => FailureReason.BuilderUnavailable,
        "PushImageToRegistryFailed" => IsRefusal(status) ? FailureReason.RegistryRefused : FailureReason.PushFailed,
        "PullBuilderImageFailed" or "FetchImageContentFailed" => IsRefusal(status) ? FailureReason.RegistryRefused : FailureReason.PullFailed,
        "OutOfMemoryKilled" => FailureReason.OutOfMemory,
        "CancelledBuild" => FailureReason.BuildCancelled,
        _ => status.Phase == "Cancelled" ? FailureReason.BuildCancelled : FailureReason.BuildFailed,
    };

    private static bool IsRefusal(BuildStatus status) => Refusals.Any(refusal =>
        status.Message?.Contains(refusal, StringComparison.OrdinalIgnoreCase) == true
        || status.LogSnippet?.Contains(refusal, StringComparison.OrdinalIgnoreCase) == true);

    private static string Describe(BuildStatus status)
    {
        string what = status.Message?.Trim() is { Length: > 0 } message ? message : "the Build ended without saying why";
        string how = status.Reason is { Length: > 0 } reason ? $"{reason}: {what}" : what;
        string text = status.LogSnippet?.Trim() is { Length: > 0 } snippet ? $"{how}: {snippet}" : how;
        return text.EndsWith('.') ? text : text + ".";
    }

    private static string? WaitsFor(BuildStatus status) =>
        status.Reason is { Length: > 0 } reason ? (status.Message is { Length: > 0 } message ? $"{reason}: {message}" : reason) : null;

    private static string RepositoryOf(string pullspec)
    {
        try
        {
            return ImageReference.Parse(pullspec).Repository;
        }
        catch (FormatException)
        {
            return pullspec;
        }
    }

    private static string Quoted(string text) => text.Length <= 80 ? text : text[..80];
}
