using BuildController.Core.Diagnostics;
using BuildController.Informers.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace BuildController.Host.Metrics;

/// <summary>
/// Sends metrics and traces to an OpenTelemetry collector. Disposing sends what is left, for five seconds at most each. Nothing of OpenTelemetry
/// is loaded unless this is used.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    private const int FlushMilliseconds = 5000;

    private readonly MeterProvider metrics;
    private readonly TracerProvider traces;

    private OtlpExport(MeterProvider metrics, TracerProvider traces)
    {
        this.metrics = metrics;
        this.traces = traces;
    }

    /// <summary>Begins to send.</summary>
    /// <param name="variables">The OTEL_ variables that say where to and how; OTEL_EXPORTER_OTLP_ENDPOINT among them.</param>
    public static OtlpExport Start(IReadOnlyDictionary<string, string> variables)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(variables.Select(static one => KeyValuePair.Create(one.Key, (string?)one.Value))).Build();
        return new OtlpExport(
            Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .ConfigureResource(Describe)
                .AddMeter([.. MetricSources.Names])
                .AddOtlpExporter()
                .Build(),
            Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .ConfigureResource(Describe)
                .AddSource(ActivityNames.SourceName, ImageBuildTelemetry.Name)
                .AddOtlpExporter()
                .Build());
    }

    public void Dispose()
    {
        traces.Shutdown(FlushMilliseconds);
        metrics.Shutdown(FlushMilliseconds);
        traces.Dispose();
        metrics.Dispose();
    }

    private static void Describe(ResourceBuilder resource) => resource.AddService("machine-os-builder");
}
