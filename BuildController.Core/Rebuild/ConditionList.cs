using BuildController.Core.Model;

namespace BuildController.Core.Rebuild;

/// <summary>Reads and changes lists of conditions; a change makes a new list.</summary>
internal static class ConditionList
{
    /// <summary>The entry of a type; of several, the last one counts.</summary>
    public static PoolCondition? Find(this IReadOnlyList<PoolCondition> conditions, string type)
    {
        for (int i = conditions.Count - 1; i >= 0; i--)
        {
            if (conditions[i].Type == type)
                return conditions[i];
        }

        return null;
    }

    public static bool IsTrue(this IReadOnlyList<PoolCondition> conditions, string type) => conditions.Find(type) is { IsTrue: true };

    /// <summary>
    /// The list with one entry of the type as given: the same list if it says so already, otherwise the entry goes to the
    /// end. The transition time moves only when the status changes.
    /// </summary>
    public static IReadOnlyList<PoolCondition> With(
        this IReadOnlyList<PoolCondition> conditions, string type, bool isTrue, string reason, string message, DateTimeOffset now)
    {
        string status = isTrue ? "True" : "False";
        PoolCondition? present = null;
        int others = conditions.Count;
        for (int i = 0; i < conditions.Count; i++)
        {
            if (conditions[i].Type != type)
                continue;

            present = conditions[i];
            others--;
        }

        if (others == conditions.Count - 1 && present!.Says(isTrue, reason, message))
            return conditions;

        var changed = new PoolCondition
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            LastTransitionTime = present?.Status == status ? present.LastTransitionTime : now,
        };
        var with = new PoolCondition[others + 1];
        int place = 0;
        for (int i = 0; i < conditions.Count; i++)
        {
            if (conditions[i].Type != type)
                with[place++] = conditions[i];
        }

        with[place] = changed;
        return with;
    }

    public static bool Says(this PoolCondition condition, bool isTrue, string reason, string message) =>
        condition.Status == (isTrue ? "True" : "False") && condition.Reason == reason && condition.Message == message;

    /// <summary>The list without entries of these types: the same list if there are none.</summary>
    public static IReadOnlyList<PoolCondition> Without(this IReadOnlyList<PoolCondition> conditions, params ReadOnlySpan<string> types)
    {
        var left = new List<PoolCondition>(conditions.Count);
        foreach (PoolCondition condition in conditions)
        {
            if (!types.Contains(condition.Type))
                left.Add(condition);
        }

        return left.Count == conditions.Count ? conditions : left;
    }
}
