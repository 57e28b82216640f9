using BuildController.Informers.Testing.Faults;

namespace BuildController.Tests.Host.Server.Faults;

/// <summary>Remembers what it was asked, and answers as another plan does.</summary>
internal sealed class RecordingPlan(IFaultPlan? plan = null) : IFaultPlan
{
    private readonly Lock gate = new();
    private readonly List<FaultPoint> points = [];

    public IReadOnlyList<FaultPoint> Points
    {
        get
        {
            lock (gate)
                return [.. points];
        }
    }

    public Fault? At(FaultPoint point)
    {
        lock (gate)
            points.Add(point);

        return plan?.At(point);
    }
}
