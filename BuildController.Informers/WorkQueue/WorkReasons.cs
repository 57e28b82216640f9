using System.Diagnostics;
using BuildController.Informers.Diagnostics;

namespace BuildController.Informers.WorkQueue;

/// <summary>
/// What is known of why a key waits: the reasons, and the spans in which it was added. Reasons of one kind and object are
/// merged, and there is a bound, because a key may be added a million times before a worker has time for it.
/// Mutable while the queue holds it, under the queue's lock; at rest once it has been handed out.
/// </summary>
internal sealed class WorkReasons
{
    public const int MaxCauses = 16;
    public const int MaxLinks = 16;

    private readonly List<WorkCause> causes = [];
    private List<ActivityLink>? links;

    public IReadOnlyList<WorkCause> Causes => causes;

    /// <summary>How many reasons found no room.</summary>
    public int Omitted { get; private set; }

    public IReadOnlyList<ActivityLink> Links => links ?? [];

    /// <summary>The span of the wait in the queue, which the work goes on from.</summary>
    public ActivityContext Wait { get; set; }

    /// <summary>The reasons of one add; null if there is nothing to remember.</summary>
    public static WorkReasons? Of(IReadOnlyList<WorkCause>? given)
    {
        bool isTraced = ActivityNames.Source.HasListeners() && Activity.Current is not null;
        if (given is not { Count: > 0 } && !isTraced)
            return null;

        var reasons = new WorkReasons();
        for (int i = 0; i < given?.Count; i++)
            reasons.Add(given[i]);

        if (isTraced)
            reasons.links = [new ActivityLink(Activity.Current!.Context)];

        return reasons;
    }

    /// <summary>The reasons of two adds, the later one second; the first is changed, or the one that is not null given back.</summary>
    public static WorkReasons? Merge(WorkReasons? first, WorkReasons? second)
    {
        if (first is null || second is null)
            return first ?? second;

        foreach (WorkCause cause in second.causes)
            first.Add(cause);

        first.Omitted += second.Omitted;
        foreach (ActivityLink link in second.links ?? [])
        {
            first.links ??= [];
            if (first.links.Count < MaxLinks)
                first.links.Add(link);
        }

        return first;
    }

    private void Add(WorkCause cause)
    {
        int same = causes.FindIndex(cause.IsSameAs);
        if (same >= 0)
            causes[same] = causes[same].And(cause);
        else if (causes.Count < MaxCauses)
            causes.Add(cause);
        else
            Omitted += cause.Count;
    }
}
