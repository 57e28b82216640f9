using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;

namespace BuildController.Tests.Core.Rebuild;

/// <summary>
/// A world made of values, in which plans are carried out as a perfect cluster would: what the machine does over many steps
/// can be tested without any I/O.
/// </summary>
internal sealed class RebuildWorld
{
    public const string Config = "rendered-worker-0123456789abcdef0123456789abcdef";
    public const string OtherConfig = "rendered-worker-fedcba9876543210fedcba9876543210";

    private int version = 1;
    private int uids;

    public RebuildWorld() => Pool = new MachineConfigPool
    {
        Metadata = new ObjectMeta
        {
            Name = "worker",
            Uid = "pool-uid",
            ResourceVersion = "1",
            Labels = new Dictionary<string, string> { [PoolKeys.LayeringEnabled] = "" },
        },
        Spec = new MachineConfigPoolSpec { Configuration = new PoolConfiguration { Name = Config } },
    };

    public MachineConfigPool? Pool { get; set; }

    public List<OwnedObject> Objects { get; } = [];

    public InputsObservation Inputs { get; set; } = ValidInputs();

    public DigestObservation Digest { get; set; } = DigestObservation.Missing;

    public List<string> TakenNames { get; } = [];

    public DateTimeOffset Now { get; set; } = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public RebuildPolicy Policy { get; set; } = RebuildPolicy.Default;

    /// <summary>Whether a deleted object stays, terminating, until <see cref="FinishDeletions"/>.</summary>
    public bool DeletesSlowly { get; set; }

    public List<PoolEvent> Events { get; } = [];

    public List<Plan> Plans { get; } = [];

    public BuildState State => BuildStateJson.TryRead(Annotation(PoolKeys.BuildState) ?? "{}", out BuildState? state) ? state : BuildState.Empty;

    public OwnedObject? Build => Objects.SingleOrDefault(static item => item.Progress is not null && !item.IsTerminating);

    public string? Annotation(string key) => Pool!.Metadata.Annotations.GetValueOrDefault(key);

    public string ConditionStatus(string type) => Pool!.Status.Conditions.SingleOrDefault(condition => condition.Type == type)?.Status ?? "absent";

    public PoolCondition Condition(string type) => Pool!.Status.Conditions.Single(condition => condition.Type == type);

    public string[] TrueConditions => [.. Pool!.Status.Conditions.Where(static condition => condition.IsTrue).Select(static condition => condition.Type).Order()];

    public static string DigestOf(int number) => $"sha256:{number:x64}";

    public static InputsObservation InvalidInputs(string message, string mark) => new InputsObservation.Invalid(message) { Fingerprint = mark, ContentMark = mark };

    public static InputsObservation ValidInputs(string mark = "valid", string repository = "registry.example.com/os/image", string content = "content") => new InputsObservation.Valid(
        new BuildInputs
        {
            Builder = ImageBuilderType.CustomPodBuilder,
            BaseImage = "registry.example.com/base:1",
            BaseImagePullSecret = "pull",
            FinalImagePushSecret = "push",
            FinalImage = ImageReference.Parse(repository),
            MachineConfigPayload = "payload",
        })
    {
        Fingerprint = mark,
        ContentMark = content,
    };

    public RebuildWorld Annotate(string key, string? value)
    {
        var annotations = new Dictionary<string, string>(Pool!.Metadata.Annotations);
        if (value is null)
            annotations.Remove(key);
        else
            annotations[key] = value;

        Change(Pool with { Metadata = Pool.Metadata with { Annotations = annotations } });
        return this;
    }

    public RebuildWorld Request(string value = "1") => Annotate(PoolKeys.RebuildImage, value);

    public RebuildWorld Label(string key, string? value)
    {
        var labels = new Dictionary<string, string>(Pool!.Metadata.Labels);
        if (value is null)
            labels.Remove(key);
        else
            labels[key] = value;

        Change(Pool with { Metadata = Pool.Metadata with { Labels = labels } });
        return this;
    }

    public RebuildWorld Want(string config)
    {
        Change(Pool! with { Spec = Pool.Spec with { Configuration = new PoolConfiguration { Name = config } } });
        return this;
    }

    public RebuildWorld SetCondition(string type, string status, string reason = "")
    {
        PoolCondition[] conditions = [.. Pool!.Status.Conditions.Where(condition => condition.Type != type), new PoolCondition { Type = type, Status = status, Reason = reason, LastTransitionTime = Now }];
        Change(Pool with { Status = Pool.Status with { Conditions = conditions } });
        return this;
    }

    public PoolObservation Observe(bool withInputs) => new()
    {
        PoolName = "worker",
        Pool = Pool,
        Objects = [.. Objects],
        TakenNames = [.. TakenNames],
        Digest = Digest,
        Inputs = withInputs ? Inputs : null,
        Now = Now,
    };

    /// <summary>Decides and carries out one step.</summary>
    public Plan Step()
    {
        Plan plan = RebuildMachine.Decide(Observe(withInputs: false), Policy);
        if (plan is Plan.ObserveInputs)
            plan = RebuildMachine.Decide(Observe(withInputs: true), Policy);

        Plans.Add(plan);
        Events.AddRange(plan.Events);
        Carry(plan);
        return plan;
    }

    /// <summary>Steps until there is nothing to do but wait.</summary>
    public Plan Run()
    {
        for (int step = 0; step < 100; step++)
        {
            if (Step() is Plan.Settle or Plan.Wait)
                return Plans[^1];
        }

        throw new InvalidOperationException("The machine does not come to rest: " + string.Join(", ", Plans.TakeLast(6).Select(static plan => plan.GetType().Name)));
    }

    public RebuildWorld BuildTurns(BuildProgress progress)
    {
        int index = Objects.FindIndex(static item => item.Progress is not null && !item.IsTerminating);
        Objects[index] = Objects[index] with { Progress = progress };
        return this;
    }

    public RebuildWorld BuildSucceeds(int digest)
    {
        string id = Build!.AttemptId;
        Objects.Add(new OwnedObject(OwnedKind.ConfigMap, ObjectNames.Digest(Pool!.Spec.Configuration!.Name), $"uid-{++uids}", id, IsTerminating: false));
        Digest = new DigestObservation(DigestOf(digest), null);
        return BuildTurns(new BuildProgress.Succeeded(Now));
    }

    public RebuildWorld BuildFails(string message = "a step failed", FailureReason reason = FailureReason.BuildFailed, bool stillOccupied = false) =>
        BuildTurns(new BuildProgress.Failed(reason, message, stillOccupied));

    /// <summary>Brings the pool to a recorded image.</summary>
    public RebuildWorld Built(int digest = 1)
    {
        Run();
        BuildSucceeds(digest);
        Run();
        Plans.Clear();
        Events.Clear();
        return this;
    }

    /// <summary>Asks for a rebuild and lets it fail.</summary>
    public RebuildWorld RebuildFails(string trigger, string message = "a step failed")
    {
        Request(trigger);
        Run();
        BuildFails(message);
        Run();
        return this;
    }

    public void FinishDeletions() => Objects.RemoveAll(static item => item.IsTerminating);

    private void Carry(Plan plan)
    {
        switch (plan)
        {
            case Plan.PatchPool patch:
                foreach ((string key, string? value) in patch.Change.Annotations())
                    Annotate(key, value);
                foreach (string key in patch.Change.RemovedLabels)
                    Label(key, null);
                break;
            case Plan.PatchConditions patch:
                Change(Pool! with { Status = Pool.Status with { Conditions = patch.Conditions } });
                break;
            case Plan.DeleteObjects delete:
                foreach (OwnedObject item in delete.Objects)
                    Delete(item);
                break;
            case Plan.StartBuild start:
                Digest = DigestObservation.Missing;
                foreach ((OwnedKind kind, string name) in ((OwnedKind, string)[])[(OwnedKind.ConfigMap, ObjectNames.MachineConfig(start.Attempt.Config)), (OwnedKind.ConfigMap, ObjectNames.Containerfile(start.Attempt.Config)), (OwnedKind.Pod, ObjectNames.Build(start.Attempt.Config))])
                {
                    if (Objects.Any(item => item.Name == name))
                        throw new InvalidOperationException($"{name} exists already.");

                    Objects.Add(new OwnedObject(kind, name, $"uid-{++uids}", start.Attempt.Id, IsTerminating: false) { Progress = kind == OwnedKind.Pod ? new BuildProgress.Pending(null) : null });
                }

                break;
            case Plan.StopBuild stop:
                Objects[Objects.IndexOf(stop.Build)] = stop.Build with { IsStopping = true };
                break;
        }
    }

    private void Delete(OwnedObject item)
    {
        int index = Objects.FindIndex(present => present.Uid == item.Uid);
        if (DeletesSlowly)
            Objects[index] = Objects[index] with { IsTerminating = true };
        else
            Objects.RemoveAt(index);
    }

    private void Change(MachineConfigPool pool) =>
        Pool = pool with { Metadata = pool.Metadata with { ResourceVersion = (++version).ToString(System.Globalization.CultureInfo.InvariantCulture) } };
}
