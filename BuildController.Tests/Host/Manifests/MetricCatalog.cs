using System.Reflection;
using BuildController.Core.Diagnostics;
using BuildController.Informers.Diagnostics;

namespace BuildController.Tests.Host.Manifests;

/// <summary>The names of all metrics that the libraries have, as their lists of names tell.</summary>
internal static class MetricCatalog
{
    private static readonly string[] NoMetrics =
    [
        nameof(ImageBuildTelemetry.Name), nameof(MetricNames.Meter), nameof(ImageBuildTelemetry.AttemptSpan),
    ];

    public static IEnumerable<string> Names =>
        from type in (Type[])[typeof(MetricNames), typeof(ImageBuildTelemetry)]
        from constant in type.GetFields(BindingFlags.Public | BindingFlags.Static)
        where constant.IsLiteral && !constant.Name.EndsWith("Tag", StringComparison.Ordinal) && !NoMetrics.Contains(constant.Name)
        select (string)constant.GetRawConstantValue()!;
}
