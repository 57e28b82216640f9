using System.Diagnostics.Metrics;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>One meter for each world, so that nothing of it is kept by the process's own: what crashes never takes itself off a gauge.</summary>
internal sealed class WorldMeters : IMeterFactory
{
    private readonly Meter meter = new("simulation");

    public Meter Create(MeterOptions options) => meter;

    public void Dispose() => meter.Dispose();
}
