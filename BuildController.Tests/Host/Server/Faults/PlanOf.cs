using BuildController.Informers.Testing.Faults;

namespace BuildController.Tests.Host.Server.Faults;

/// <summary>A plan that a test makes up.</summary>
internal sealed class PlanOf(Func<FaultPoint, Fault?> plan) : IFaultPlan
{
    /// <summary>Faults at the requests of one verb, from its first on; null for none at that request.</summary>
    public static PlanOf Verb(string verb, params Fault?[] faults)
    {
        int count = 0;
        return new PlanOf(point => point.Verb == verb && Interlocked.Increment(ref count) is var number && number <= faults.Length ? faults[number - 1] : null);
    }

    public Fault? At(FaultPoint point) => plan(point);
}
