using BuildController.Informers.Testing.Faults;

namespace BuildController.Host.Server.Faults;

/// <summary>A plan that some clients are exempt from.</summary>
/// <param name="plan">What befalls the others.</param>
/// <param name="exempt">Their names.</param>
internal sealed class FaultsExcept(IFaultPlan plan, params IEnumerable<string> exempt) : IFaultPlan
{
    private readonly HashSet<string> exempt = [.. exempt];

    public Fault? At(FaultPoint point) => exempt.Contains(point.Client) ? null : plan.At(point);
}
