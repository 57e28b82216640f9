using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Tests.Core.Rebuild;

namespace BuildController.Tests.Core.Exploration;

/// <summary>
/// Visits every state that the machine and the world around it can get into, breadth first: the machine's steps, each of them cut off after each of its
/// calls, and at every moment whatever the cluster does, and a few acts of people.
/// </summary>
/// <param name="acts">How many acts of people there may be on the way to a state.</param>
internal sealed class ModelExplorer(int acts)
{
    private const int Patience = 80;

    private readonly HashSet<string> seen = [];
    private readonly HashSet<string> settles = [];
    private readonly Queue<Node> frontier = new();

    public int States => seen.Count;

    public long Transitions { get; private set; }

    public int CrashPoints { get; private set; }

    /// <summary>The changes of phase that the machine makes itself.</summary>
    public HashSet<(ModelPhase From, ModelPhase To)> Changes { get; } = [];


    /// <summary>The first violation with the way to it, or null.</summary>
    public string? Violation { get; private set; }

    public void Run()
    {
        Visit(new Node(new RebuildWorld { DeletesSlowly = true, Policy = RebuildPolicy.Default with { RetryLimit = 2 } }, acts, null, "begin"));
        while (Violation is null && frontier.TryDequeue(out Node? node))
        {
            Work(node);
            foreach ((string name, Action<RebuildWorld> act) in ModelMoves.OfTheCluster(node.World))
                Move(node, name, act, node.Acts);

            if (node.Acts == 0)
                continue;

            foreach ((string name, Action<RebuildWorld> act) in ModelMoves.OfUsers)
                Move(node, name, act, node.Acts - 1);
        }
    }

    /// <summary>What the controller does, whole and cut off after each call.</summary>
    private void Work(Node node)
    {
        Plan plan = node.World.Decide();
        if (plan is Plan.Wait { Recheck: { } recheck })
            Move(node, $"{recheck} pass", world => world.Now += recheck, node.Acts);

        for (int calls = 1; ; calls++)
        {
            var next = new RebuildWorld(node.World);
            try
            {
                if (next.Carry(plan, calls) < calls)
                    break;
            }
            catch (InvalidOperationException error)
            {
                Violation = $"{error.Message}\n{node}";
                return;
            }

            CrashPoints++;
            if (ModelPhases.Of(node.World) is var from && ModelPhases.Of(next) is var to && from != to)
                Changes.Add((from, to));

            Enter(node, plan.GetType().Name + (calls == 1 ? string.Empty : $" to call {calls}"), next, node.Acts);
        }
    }

    private void Move(Node node, string name, Action<RebuildWorld> act, int left)
    {
        var next = new RebuildWorld(node.World);
        act(next);
        Enter(node, name, next, left);
    }

    private void Enter(Node node, string name, RebuildWorld next, int left)
    {
        Transitions++;
        Visit(new Node(next, left, node, name));
    }

    private void Visit(Node node)
    {
        if (Violation is not null || !seen.Add($"{node.Acts} {ModelKey.Of(node.World)}"))
            return;

        frontier.Enqueue(node);
        if ((Wrong(node) ?? NeverRests(node.World)) is { } violation)
            Violation = $"{violation}\n{node}";
    }

    private static string? Wrong(Node node)
    {
        RebuildWorld world = node.World;
        if (world.Objects.Count(static item => item.Progress is BuildProgress.Pending or BuildProgress.Running or BuildProgress.Unknown) > 1)
            return "two builds are alive";

        if (PoolEnd.TrueBuildConditions(world.Pool!).Count() > 1)
            return "the pool contradicts itself";

        if (node.Before is { World: var before } && world.Annotation(PoolKeys.NewestImage) is { } image && image != before.Annotation(PoolKeys.NewestImage) && !image.EndsWith($"@{before.Digest.Value}", StringComparison.Ordinal))
            return $"the image is {image}, and the digest {before.Digest.Value}";

        return int.Parse(world.Annotation(PoolKeys.BuildRetries) ?? "0", System.Globalization.CultureInfo.InvariantCulture) > world.Policy.RetryLimit ? "there are more retries than allowed" : null;
    }

    /// <summary>From every state, if nothing disturbs any more, the pool comes to rest, and its rest is in order.</summary>
    private string? NeverRests(RebuildWorld start)
    {
        var world = new RebuildWorld(start);
        var way = new List<string>();
        for (int step = 0; step < Patience; step++)
        {
            string key = ModelKey.Of(world);
            if (settles.Contains(key))
                return Known(way);

            way.Add(key);
            Plan plan = world.Decide();
            if (world.Carry(plan) > 0 || ModelMoves.GoOn(world))
                continue;

            if (plan is not Plan.Wait { Recheck: { } recheck })
                return NotInOrder(world, plan) ?? Known(way);

            if (IsAssertion(plan))
                return NotInOrder(world, plan) ?? Known(way);

            world.Now += recheck;
        }

        return $"the pool does not come to rest: {string.Join("\n   then ", way.TakeLast(6))}";
    }

    private string? Known(List<string> way)
    {
        settles.UnionWith(way);
        return null;
    }

    /// <summary>Somebody else may take <c>Degraded</c> back for ever: that wait has no end.</summary>
    private static bool IsAssertion(Plan plan) => plan is Plan.Wait { For: "the time to assert Degraded again" };

    private static string? NotInOrder(RebuildWorld world, Plan plan)
    {
        MachineConfigPool pool = world.Pool!;
        ModelPhase phase = ModelPhases.Of(world);
        if (world.State.Serving is not null)
            return "an attempt is served for ever";

        if (phase == ModelPhase.NotLayered)
        {
            return world.Objects.Count > 0 || PoolEnd.TrueBuildConditions(pool).Any() || pool.Metadata.Annotations.Count > 0
                ? "a pool that is not layered keeps something of ours" : null;
        }

        bool isHeld = plan is Plan.Wait && (pool.Spec.Configuration?.Name is not { Length: > 0 } || world.ConditionStatus(PoolConditionTypes.RenderDegraded) == "True" || world.ConditionStatus(PoolConditionTypes.NodeDegraded) == "True");
        if (isHeld)
            return null;

        if (world.Annotation(PoolKeys.RebuildImage) is { } request)
            return $"request {request} is neither served nor refused";

        string said = string.Join('+', PoolEnd.TrueBuildConditions(pool));
        return phase switch
        {
            ModelPhase.Built when said != PoolConditionTypes.BuildSuccess || world.Objects.Count > 0 || world.Annotation(PoolKeys.NewestImage) is null => $"built, but it says {said}, or has objects, or no image",
            ModelPhase.Failed when said != PoolConditionTypes.BuildFailed || world.ConditionStatus(PoolConditionTypes.ImageBuildDegraded) != "True" => $"failed, but it says {said}",
            ModelPhase.Interrupted when world.Annotation(PoolKeys.BuildRetries) != "2" => "interrupted for ever",
            ModelPhase.NotBuilt or ModelPhase.Accepted or ModelPhase.Started => $"it stays {phase}",
            _ => null,
        };
    }

    /// <summary>A state, and how one gets there.</summary>
    private sealed record Node(RebuildWorld World, int Acts, Node? Before, string By)
    {
        public override string ToString() => $"{Before}\n{By,-30} {ModelKey.Of(World)}";
    }
}
