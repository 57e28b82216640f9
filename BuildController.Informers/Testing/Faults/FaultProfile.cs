using System.Collections.Frozen;

namespace BuildController.Informers.Testing.Faults;

/// <summary>How often what goes wrong, where it is drawn by lot.</summary>
public sealed record FaultProfile
{
    /// <summary>Everything, each as likely as the others: one request in ten, and one watch in three.</summary>
    public static FaultProfile Everything { get; } = new()
    {
        RequestRate = 0.1,
        WatchRate = 0.33,
        Weights = Enum.GetValues<FaultKind>().ToFrozenDictionary(static kind => kind, static _ => 1.0),
    };

    /// <summary>Nothing.</summary>
    public static FaultProfile Nothing { get; } = new();

    /// <summary>The part of the requests that something befalls, from 0 to 1. The default is 0.</summary>
    public double RequestRate { get; init; }

    /// <summary>The part of the watches that something befalls, from 0 to 1. The default is 0.</summary>
    public double WatchRate { get; init; }

    /// <summary>How likely each kind is against the others; what is missing never happens. The default is empty.</summary>
    public IReadOnlyDictionary<FaultKind, double> Weights { get; init; } = FrozenDictionary<FaultKind, double>.Empty;

    /// <summary>The longest <see cref="Fault.Time"/>; shorter ones are more likely. The default is 20 seconds.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The same without some kinds.</summary>
    public FaultProfile Without(params IEnumerable<FaultKind> kinds)
    {
        FaultKind[] left = [.. Weights.Keys.Except(kinds)];
        return this with { Weights = left.ToFrozenDictionary(static kind => kind, kind => Weights[kind]) };
    }
}
