using System.Globalization;
using System.Text;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Tests.Core.Rebuild;

namespace BuildController.Tests.Core.Exploration;

/// <summary>
/// What tells one state of the model from another. Ids count as the order in which they appear, times as whether they are over, and of the
/// past only what the machine looks at.
/// </summary>
internal static class ModelKey
{
    private static readonly string[] Conditions = [PoolConditionTypes.NodeDegraded, PoolConditionTypes.RenderDegraded, PoolConditionTypes.Degraded, PoolConditionTypes.ImageBuildDegraded];

    public static string Of(RebuildWorld world)
    {
        var ids = new Dictionary<string, int>();
        var text = new StringBuilder();
        BuildState state = world.State;
        if (world.Pool is { } pool)
        {
            text.Append(pool.Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled) ? 'L' : '-').Append(pool.Metadata.DeletionTimestamp is null ? '-' : 'D').Append(Config(pool.Spec.Configuration?.Name));
            text.Append(" t").Append(world.Annotation(PoolKeys.RebuildImage)).Append(" r").Append(world.Annotation(PoolKeys.BuildRetries)).Append(" i").Append(Id(world.Annotation(PoolKeys.NewestImage)));
            text.Append(" b").Append(Config(state.Built)).Append(world.Annotation(PoolKeys.BuildState) is null ? '0' : '1').Append(' ');
            text.AppendJoin('+', PoolEnd.TrueBuildConditions(pool));
            foreach (string type in Conditions)
                text.Append(pool.Status.Conditions.IsTrue(type) ? '1' : '0');
            text.Append(pool.Status.Conditions.Find(PoolConditionTypes.ImageBuildDegraded)?.Reason);
        }

        if (state.Serving is { } serving)
        {
            text.Append(CultureInfo.InvariantCulture, $" s{Id(serving.Id)}{serving.Kind}{Config(serving.Config)}/{serving.Trigger}/{serving.Builder}/{serving.Inputs}/{(serving.BuildUid is null ? '-' : '+')}");
            text.Append(world.Now >= serving.Deadline ? '!' : '-');
        }

        if (state.Last is { } last)
        {
            text.Append(CultureInfo.InvariantCulture, $" l{Id(last.Id)}{last.Outcome}{last.Reason}{Config(last.Config)}/{last.Trigger}/{last.Inputs}");
            if (last.Outcome == AttemptOutcome.Interrupted)
                text.Append(world.Now - last.Finished >= world.Policy.DelayBeforeRetry(world.Pool is null ? 0 : int.Parse(world.Annotation(PoolKeys.BuildRetries) ?? "0", CultureInfo.InvariantCulture)) ? '!' : '-');
            text.Append(CultureInfo.InvariantCulture, $" k{Id(state.History.LastOrDefault(static attempt => attempt.Reason is not (FailureReason.None or FailureReason.InvalidBuildInputs or FailureReason.Superseded))?.Id)}");
        }

        foreach (OwnedObject item in world.Objects.OrderBy(static item => (item.Name, item.Kind)))
        {
            text.Append(CultureInfo.InvariantCulture, $" {item.Kind}{item.Name[..2]}{Config(item.Name)}{Id(item.AttemptId)}{(item.IsTerminating ? 'T' : '-')}{(item.IsStopping ? 'S' : '-')}{item.Progress?.GetType().Name}{(item.Progress as BuildProgress.Failed)?.Reason}");
            if (item.Progress is BuildProgress.Pending)
                text.Append(world.Now - item.Created >= world.Policy.PendingDeadline ? '!' : '-');
        }

        return text.Append(" d").Append(Id(world.Digest.Value)).Append(' ').Append(world.Inputs.Fingerprint).ToString();

        int Id(string? id)
        {
            if (id is null)
                return -1;

            if (!ids.TryGetValue(id, out int number))
                ids[id] = number = ids.Count;

            return number;
        }
    }

    private static char Config(string? name) => name is null ? '0' : name.EndsWith(RebuildWorld.Config, StringComparison.Ordinal) ? 'A' : name.EndsWith(RebuildWorld.OtherConfig, StringComparison.Ordinal) ? 'B' : '?';
}
