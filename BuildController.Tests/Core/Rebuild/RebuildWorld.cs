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

    /// <summary>Another world that is as this one is, without its past.</summary>
    public RebuildWorld(RebuildWorld other)
    {
        version = other.version;
        uids = other.uids;
        Pool = other.Pool;
        Objects = [.. other.Objects];
        Inputs = other.Inputs;
        Digest = other.Digest;
        TakenNames = [.. other.TakenNames];
        Now = other.Now;
        Policy = other.Policy;
        DeletesSlowly = other.DeletesSlowly;
    }

    public MachineConfigPool? Pool { get; set; }

    public List<OwnedObject> Objects { get; } = [];

    /// <summary>How often anything was written to the pool.</summary>
    public int Version => version;

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

    public static InputsObservation ValidInputs(string mark = "valid", string repository = "registry.example.com/os/image", string content = "content", ImageBuilderType builder = ImageBuilderType.CustomPodBuilder) => new InputsObservation.Valid(
        new BuildInputs
        {
            Builder = builder,
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
        ConfiguredBuilder = (Inputs as InputsObservation.Valid)?.Inputs.Builder,
        Now = Now,
    };

    /// <summary>Decides, with what it takes to decide.</summary>
    public Plan Decide()
    {
        Plan plan = RebuildMachine.Decide(Observe(withInputs: false), Policy);
        return plan is Plan.ObserveInputs ? RebuildMachine.Decide(Observe(withInputs: true), Policy) : plan;
    }

    /// <summary>Decides and carries out one step.</summary>
    public Plan Step()
    {
        Plan plan = Decide();
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

    /// <summary>Carries a plan out.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="calls">After how many calls the controller dies.</param>
    /// <returns>How many calls it took.</returns>
    public int Carry(Plan plan, int calls = int.MaxValue)
    {
        Action[] all = [.. CallsOf(plan)];
        foreach (Action call in all.Take(calls))
            call();

        return Math.Min(all.Length, calls);
    }

    /// <summary>The calls of a plan, each of which the API server carries out whole or not at all.</summary>
    private IEnumerable<Action> CallsOf(Plan plan) => plan switch
    {
        Plan.PatchPool patch => [() => Patch(patch.Change)],
        Plan.PatchConditions patch => [() => Change(Pool! with { Status = Pool.Status with { Conditions = patch.Conditions } })],
        Plan.DeleteObjects delete => delete.Objects.Select<OwnedObject, Action>(item => () => Delete(item)),
        Plan.StartBuild start =>
        [
            () => Create(OwnedKind.ConfigMap, ObjectNames.MachineConfig(start.Attempt.Config), start.Attempt),
            () => Create(OwnedKind.ConfigMap, ObjectNames.Containerfile(start.Attempt.Config), start.Attempt),
            () => Create(start.Attempt.Builder == ImageBuilderType.CustomPodBuilder ? OwnedKind.Pod : OwnedKind.Build, ObjectNames.Build(start.Attempt.Config), start.Attempt),
        ],
        Plan.StopBuild stop => [() => Objects[Objects.FindIndex(item => item.Uid == stop.Build.Uid)] = stop.Build with { IsStopping = true }],
        _ => [],
    };

    private void Patch(PoolChange change)
    {
        foreach ((string key, string? value) in change.Annotations())
            Annotate(key, value);

        foreach (string key in change.RemovedLabels)
            Label(key, null);
    }

    private void Create(OwnedKind kind, string name, BuildAttempt attempt)
    {
        if (Objects.FirstOrDefault(item => item.Kind == kind && item.Name == name) is { } present)
        {
            if (present.AttemptId != attempt.Id)
                throw new InvalidOperationException($"{kind} {name} is of attempt {present.AttemptId}.");

            return;
        }

        if (kind != OwnedKind.ConfigMap)
            Digest = DigestObservation.Missing;

        Objects.Add(new OwnedObject(kind, name, $"uid-{++uids}", attempt.Id, IsTerminating: false)
        {
            Created = Now,
            Progress = kind == OwnedKind.ConfigMap ? null : new BuildProgress.Pending(null),
        });
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
