using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Images;

[TestFixture]
public sealed class OpenShiftBuildProgressTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly BuildAttempt Attempt = new()
    {
        Id = "a",
        Kind = AttemptKind.Rebuild,
        Config = "rendered-a",
        Started = DateTimeOffset.UnixEpoch,
        Deadline = DateTimeOffset.UnixEpoch.AddHours(1),
        Builder = ImageBuilderType.OpenShiftImageBuilder,
        Pullspec = "registry.example.com:5000/os/image:rendered-a",
    };

    [TestCase(null)]
    [TestCase("New")]
    [TestCase("Pending")]
    public void A_build_that_has_not_begun_to_run_says_what_it_waits_for(string? phase)
    {
        Of(new BuildStatus { Phase = phase }).Should().Be(new BuildProgress.Pending(null));
        Of(new BuildStatus { Phase = phase, Reason = "ExceededQuota" }).Should().Be(new BuildProgress.Pending("ExceededQuota"));
        Of(new BuildStatus { Phase = phase, Reason = "ExceededQuota", Message = "too many pods" }).Should().Be(new BuildProgress.Pending("ExceededQuota: too many pods"));
    }

    [Test]
    public void Running_and_complete_are_what_they_say()
    {
        Of(new BuildStatus { Phase = "Running" }).Should().BeOfType<BuildProgress.Running>();
        Of(new BuildStatus { Phase = "Complete", CompletionTimestamp = DateTimeOffset.UnixEpoch }).Should().Be(new BuildProgress.Succeeded(DateTimeOffset.UnixEpoch));
    }

    [TestCase("Failed", "DockerBuildFailed", FailureReason.BuildFailed)]
    [TestCase("Failed", "BuildPodEvicted", FailureReason.Evicted)]
    [TestCase("Error", "BuildPodDeleted", FailureReason.BuildDeleted)]
    [TestCase("Error", "BuildPodExists", FailureReason.BuilderUnavailable)]
    [TestCase("Error", "CannotCreateBuildPod", FailureReason.BuilderUnavailable)]
    [TestCase("Failed", "OutOfMemoryKilled", FailureReason.OutOfMemory)]
    [TestCase("Failed", "PushImageToRegistryFailed", FailureReason.PushFailed)]
    [TestCase("Failed", "PullBuilderImageFailed", FailureReason.PullFailed)]
    [TestCase("Cancelled", "CancelledBuild", FailureReason.BuildCancelled)]
    [TestCase("Cancelled", null, FailureReason.BuildCancelled)]
    [TestCase("Error", null, FailureReason.BuildFailed)]
    public void Who_is_to_blame_is_told_by_the_reason(string phase, string? reason, FailureReason expected) =>
        Of(new BuildStatus { Phase = phase, Reason = reason }).Should().BeOfType<BuildProgress.Failed>().Which.Should().Match<BuildProgress.Failed>(failed => failed.Reason == expected && !failed.StillOccupied);

    [TestCase("unauthorized: authentication required")]
    [TestCase("denied: quota exceeded")]
    [TestCase("Tag is IMMUTABLE")]
    public void A_registry_that_says_no_is_not_asked_again(string words)
    {
        Of(new BuildStatus { Phase = "Failed", Reason = "PushImageToRegistryFailed", Message = words }).Should().BeOfType<BuildProgress.Failed>().Which.Reason.Should().Be(FailureReason.RegistryRefused);
        Of(new BuildStatus { Phase = "Failed", Reason = "PushImageToRegistryFailed", LogSnippet = words }).Should().BeOfType<BuildProgress.Failed>().Which.Reason.Should().Be(FailureReason.RegistryRefused);
    }

    [Test]
    public void What_failed_is_told_with_reason_message_and_last_words()
    {
        var status = new BuildStatus { Phase = "Failed", Reason = "DockerBuildFailed", Message = "Dockerfile build strategy has failed.", LogSnippet = "RUN false: exit status 1\n" };

        Of(status).Should().BeOfType<BuildProgress.Failed>().Which.Message.Should().Be("DockerBuildFailed: Dockerfile build strategy has failed.: RUN false: exit status 1.");
        Of(new BuildStatus { Phase = "Error" }).Should().BeOfType<BuildProgress.Failed>().Which.Message.Should().Be("the Build ended without saying why.");
    }

    [Test]
    public void A_digest_is_believed_if_it_is_one_and_of_the_image_that_was_to_be_pushed()
    {
        DigestOf("registry.example.com:5000/os/image:rendered-a", Digest + "\n").Should().Be(new DigestObservation(Digest, null));
        DigestOf(null, Digest).Should().Be(new DigestObservation(Digest, null));
        DigestOf("registry.example.com:5000/other/image:rendered-a", Digest).Should().Match<DigestObservation>(static found => found.Value == null && found.Problem!.Contains("'registry.example.com:5000/other/image:rendered-a'"));
        DigestOf(null, "sha256:short").Should().Match<DigestObservation>(static found => found.Value == null && found.Problem!.Contains("'sha256:short'"));
        DigestOf(null, null).Value.Should().BeNull();
    }

    private static BuildProgress Of(BuildStatus status) => OpenShiftBuildProgress.Of(new Build { Status = status });

    private static DigestObservation DigestOf(string? pushed, string? digest) => OpenShiftBuildProgress.DigestOf(
        new Build
        {
            Metadata = new ObjectMeta { Name = "build-rendered-a" },
            Status = new BuildStatus { Phase = "Complete", OutputDockerImageReference = pushed, Output = new BuildStatusOutput { To = new PushedImage { ImageDigest = digest } } },
        },
        Attempt);
}
