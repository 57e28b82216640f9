using System.Globalization;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;

namespace BuildController.Benchmarks.Machine;

/// <summary>
/// The life of a pool, as the machine sees it: a first build, rebuilds that succeed, fail, are interrupted and are refused at the retry limit, a
/// config that changes mid-build, opting out. Every observation on the way is kept: together they are what a machine has to decide.
/// </summary>
internal sealed class PoolStory
{
    private const int LongestVisit = 50;

    private readonly ImageBuilderType builder;
    private readonly RebuildPolicy policy = RebuildPolicy.Default;
    private readonly List<PoolObservation> observations = [];
    private readonly List<OwnedObject> objects = [];
    private DigestObservation digest = DigestObservation.Missing;
    private DateTimeOffset now = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private MachineConfigPool pool = new()
    {
        Metadata = new ObjectMeta
        {
            Name = "worker",
            Uid = "6f0c2a9d-4b7e-4853-a1c0-d2e4f6b89753",
            ResourceVersion = "1",
            Labels = new Dictionary<string, string> { [PoolKeys.LayeringEnabled] = string.Empty },
        },
        Spec = new MachineConfigPoolSpec { Configuration = new PoolConfiguration { Name = "rendered-worker-0123456789abcdef0123456789abcdef" } },
        Status = new MachineConfigPoolStatus
        {
            Conditions = [new PoolCondition { Type = "Updated", Status = "True" }, new PoolCondition { Type = PoolConditionTypes.NodeDegraded, Status = "False" }],
        },
    };

    private int made;

    private PoolStory(ImageBuilderType builder) => this.builder = builder;

    public static IReadOnlyList<PoolObservation> Observations(ImageBuilderType builder)
    {
        var story = new PoolStory(builder);
        story.Tell();
        return story.observations;
    }

    private void Tell()
    {
        Visit();
        Builds(succeeds: true);
        Annotate(PoolKeys.RebuildImage, "1");
        Visit();
        Builds(succeeds: true);

        Annotate(PoolKeys.RebuildImage, "2");
        Visit();
        pool = pool with { Spec = new MachineConfigPoolSpec { Configuration = new PoolConfiguration { Name = "rendered-worker-fedcba9876543210fedcba9876543210" } } };
        Visit();
        Builds(succeeds: true);

        Annotate(PoolKeys.RebuildImage, "3");
        Visit();
        Build(new BuildProgress.Failed(FailureReason.Evicted, "The node was low on memory.", StillOccupied: false));
        now += policy.MaxRetryDelay;
        Visit();
        Builds(succeeds: false);
        for (int request = 4; request <= 4 + policy.RetryLimit; request++)
        {
            Annotate(PoolKeys.RebuildImage, request.ToString(CultureInfo.InvariantCulture));
            Visit();
            if (objects.Any(static item => item.Progress is BuildProgress.Pending))
                Builds(succeeds: false);
        }

        pool = pool with { Metadata = pool.Metadata with { Labels = new Dictionary<string, string>() } };
        Visit();
    }

    /// <summary>The build runs, an event comes in between that changes nothing, and it ends.</summary>
    private void Builds(bool succeeds)
    {
        Build(new BuildProgress.Running());
        Visit();
        if (!succeeds)
        {
            Build(new BuildProgress.Failed(FailureReason.BuildFailed, "Error: building at STEP \"RUN make\": exit status 1", StillOccupied: false));
            return;
        }

        digest = new DigestObservation($"sha256:{++made:x64}", Problem: null);
        Build(new BuildProgress.Succeeded(now));
    }

    private void Build(BuildProgress progress)
    {
        int index = objects.FindIndex(static item => item.Progress is not null);
        objects[index] = objects[index] with { Progress = progress };
        Visit();
    }

    /// <summary>What a reconciler does: observe, decide, carry out, until there is nothing to do but wait; then a later visit finds the same.</summary>
    private void Visit()
    {
        for (int step = 0; step < LongestVisit; step++)
        {
            now += TimeSpan.FromSeconds(1);
            PoolObservation observation = Observe();
            Plan plan = RebuildMachine.Decide(observation, policy);
            observations.Add(observation);
            if (plan is Plan.ObserveInputs)
            {
                observation = observation with { Inputs = Inputs() };
                plan = RebuildMachine.Decide(observation, policy);
                observations.Add(observation);
            }

            Carry(plan);
            bool isDone = plan is Plan.Settle || (plan is Plan.Wait && !objects.Any(static item => item.IsTerminating));
            objects.RemoveAll(item => plan is Plan.Wait && item.IsTerminating);
            if (isDone)
                return;
        }

        throw new InvalidOperationException("The machine does not come to rest.");
    }

    private PoolObservation Observe() => new()
    {
        PoolName = pool.Metadata.Name,
        Pool = pool,
        Objects = [.. objects],
        Digest = digest,
        ConfiguredBuilder = builder,
        Now = now,
    };

    private InputsObservation.Valid Inputs() => new(new BuildInputs
    {
        Builder = builder,
        BaseImage = "registry.example.com/base:1",
        BaseImagePullSecret = "pull",
        FinalImagePushSecret = "push",
        FinalImage = ImageReference.Parse("registry.example.com/openshift/os-image"),
        MachineConfigPayload = "payload",
    })
    {
        Fingerprint = "0123456789abcdef",
        ContentMark = "fedcba9876543210",
    };

    private void Carry(Plan plan)
    {
        switch (plan)
        {
            case Plan.PatchPool patch:
                foreach ((string key, string? value) in patch.Change.Annotations())
                    Annotate(key, value);
                break;
            case Plan.PatchConditions patch:
                pool = pool with { Status = new MachineConfigPoolStatus { Conditions = patch.Conditions } };
                break;
            case Plan.DeleteObjects delete:
                foreach (OwnedObject item in delete.Objects)
                    objects[objects.IndexOf(item)] = item with { IsTerminating = true };
                break;
            case Plan.StopBuild stop:
                objects[objects.IndexOf(stop.Build)] = stop.Build with { IsStopping = true };
                break;
            case Plan.StartBuild start:
                digest = DigestObservation.Missing;
                Make(OwnedKind.ConfigMap, ObjectNames.MachineConfig(start.Attempt.Config), start.Attempt.Id);
                Make(OwnedKind.ConfigMap, ObjectNames.Containerfile(start.Attempt.Config), start.Attempt.Id);
                Make(builder == ImageBuilderType.CustomPodBuilder ? OwnedKind.Pod : OwnedKind.Build, ObjectNames.Build(start.Attempt.Config), start.Attempt.Id);
                objects[^1] = objects[^1] with { Progress = new BuildProgress.Pending(null), Created = now };
                break;
        }
    }

    private void Make(OwnedKind kind, string name, string attempt) =>
        objects.Add(new OwnedObject(kind, name, string.Create(CultureInfo.InvariantCulture, $"uid-{++made}"), attempt, IsTerminating: false));

    private void Annotate(string key, string? value)
    {
        var annotations = new Dictionary<string, string>(pool.Metadata.Annotations);
        if (value is null)
            annotations.Remove(key);
        else
            annotations[key] = value;

        string version = (long.Parse(pool.Metadata.ResourceVersion!, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
        pool = pool with { Metadata = pool.Metadata with { Annotations = annotations, ResourceVersion = version } };
    }
}
