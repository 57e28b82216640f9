using System.Diagnostics.Metrics;
using BuildController.Core.Diagnostics;
using BuildController.Informers.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace BuildController.Host.Metrics;

/// <summary>
/// The meters of one worker. They are its own, so that two workers of one process, as in tests, do not count for each other; the
/// runtime's meter, memory and the like, is the process'.
/// </summary>
internal sealed class MetricSources : IDisposable
{
    /// <summary>.NET's own meter: memory, garbage collections, processor time, the thread pool.</summary>
    public const string Runtime = "System.Runtime";

    private readonly ServiceProvider services;

    public MetricSources()
    {
        services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        Factory = services.GetRequiredService<IMeterFactory>();
    }

    /// <summary>The names of all meters.</summary>
    public static IReadOnlyList<string> Names { get; } = [MetricNames.Meter, ImageBuildTelemetry.Name, Runtime];

    public IMeterFactory Factory { get; }

    /// <summary>Whether a meter is one of them.</summary>
    public bool Has(Meter meter) => meter.Name == Runtime || (Names.Contains(meter.Name) && ReferenceEquals(meter.Scope, Factory));

    public void Dispose() => services.Dispose();
}
