using System.Globalization;
using BuildController.Informers.Testing.Faults;

namespace BuildController.Host.Commands;

/// <summary>What the cluster command lets go wrong.</summary>
/// <param name="Seed">What everything is drawn from.</param>
internal sealed record FaultSettings(int Seed)
{
    /// <summary>The part of the requests, and of the watches, that something befalls; null for <see cref="FaultProfile.Everything"/>'s.</summary>
    public double? Rate { get; init; }

    /// <summary>How often what goes wrong: everything that a server can do, none of it for longer than a person cares to wait.</summary>
    public FaultProfile Profile
    {
        get
        {
            FaultProfile profile = FaultProfile.Everything
                .Without(FaultKind.CrashBefore, FaultKind.CrashAfter, FaultKind.Pause)
                with
                { MaxTime = TimeSpan.FromSeconds(5) };
            return Rate is { } rate ? profile with { RequestRate = rate, WatchRate = rate } : profile;
        }
    }

    /// <summary>The plan that follows from the seed.</summary>
    public IFaultPlan Plan => new SeededFaults(Seed, Profile);

    /// <summary>In words, for the greeting.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"seed {Seed}: something befalls {Percent(Profile.RequestRate)} of the requests and {Percent(Profile.WatchRate)} of the watches");

    private static string Percent(double rate) => string.Create(CultureInfo.InvariantCulture, $"{rate * 100:0.###} %");
}
