using BuildController.Informers.Cache;

namespace BuildController.Informers.Testing.Faults;

/// <summary>
/// Faults drawn by lot from a seed. What befalls a request follows from the seed, the client and the request's number alone: the
/// order in which clients ask does not matter, and one fault more or less does not move the others.
/// </summary>
public sealed class SeededFaults : IFaultPlan
{
    private static readonly int MostEvents = 12;

    private readonly int seed;
    private readonly FaultProfile profile;
    private readonly (FaultKind Kind, double Weight)[] kinds;

    /// <summary>Makes a plan.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="profile">How often what goes wrong.</param>
    public SeededFaults(int seed, FaultProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        this.seed = seed;
        this.profile = profile;
        kinds = [.. profile.Weights.OrderBy(static entry => entry.Key).Select(static entry => (entry.Key, entry.Value))];
    }

    /// <inheritdoc/>
    public Fault? At(FaultPoint point)
    {
        var lot = new Lot(seed, point.Client, point.Number);
        bool isWatch = point.Verb == "watch";
        if (lot.Next() >= (isWatch ? profile.WatchRate : profile.RequestRate))
            return null;

        // Drawn in any case, so that what else befalls the request does not depend on the kind.
        double choice = lot.Next();
        double time = lot.Next();
        int events = (int)(lot.Next() * lot.Next() * MostEvents);
        bool isAbrupt = lot.Next() < 0.5;
        if (Choose(point.Verb, choice) is not { } kind)
            return null;

        return new Fault(kind)
        {
            Time = TimeSpan.FromMilliseconds(1 + Math.Floor(profile.MaxTime.TotalMilliseconds * time * time * time)),
            AfterEvents = events,
            IsAbrupt = isAbrupt && kind is FaultKind.ListTruncated or FaultKind.WatchTruncated,
        };
    }

    private FaultKind? Choose(string verb, double choice)
    {
        double total = 0;
        foreach ((FaultKind kind, double weight) in kinds)
        {
            if (new Fault(kind).Fits(verb))
                total += weight;
        }

        double left = choice * total;
        foreach ((FaultKind kind, double weight) in kinds)
        {
            if (!new Fault(kind).Fits(verb))
                continue;

            left -= weight;
            if (left < 0)
                return kind;
        }

        return null;
    }
}
