using System.Globalization;

namespace BuildController.Informers.Testing.Faults;

/// <summary>One thing that goes wrong.</summary>
/// <param name="Kind">What.</param>
public sealed record Fault(FaultKind Kind)
{
    /// <summary>The time that belongs to it, where its kind has one. The default is one second.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Of a watch, how many events come undisturbed first; of a list that is cut short, how many items. The default is 0.</summary>
    public int AfterEvents { get; init; }

    /// <summary>
    /// Whether what ends in the middle ends by a reset, and not in good order as far as HTTP can see. It makes a difference on a
    /// wire only. The default is false.
    /// </summary>
    public bool IsAbrupt { get; init; }

    /// <summary>Whether it befalls a watch that was opened, rather than a request.</summary>
    public bool IsOfWatch => Kind is >= FaultKind.WatchClosed and <= FaultKind.WatchExpired;

    /// <summary>Whether it befalls the process that makes the request.</summary>
    public bool IsOfProcess => Kind >= FaultKind.CrashBefore;

    /// <summary>Whether it can befall a request of a kind.</summary>
    /// <param name="verb"><c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>update</c>, <c>patch</c> or <c>delete</c>.</param>
    public bool Fits(string verb) => Kind switch
    {
        FaultKind.Conflict => verb is "update" or "patch",
        FaultKind.AnswerLost or FaultKind.CrashAfter => verb != "watch",
        FaultKind.ListTruncated => verb == "list",
        _ => !IsOfWatch || verb == "watch",
    };

    /// <summary>The kind, with what belongs to it.</summary>
    public override string ToString()
    {
        string time = HasTime ? string.Create(CultureInfo.InvariantCulture, $" {Time.TotalSeconds:0.###} s") : string.Empty;
        string unit = IsOfWatch ? "events" : Kind == FaultKind.ListTruncated ? "items" : string.Empty;
        string after = unit.Length > 0 && AfterEvents > 0 ? string.Create(CultureInfo.InvariantCulture, $" after {AfterEvents} {unit}") : string.Empty;
        return $"{Kind}{time}{after}{(IsAbrupt ? " abruptly" : string.Empty)}";
    }

    private bool HasTime => Kind is FaultKind.Slow or FaultKind.TooManyRequests or FaultKind.WatchDelayed or FaultKind.Restart or FaultKind.RestartEmpty or FaultKind.Pause;
}
