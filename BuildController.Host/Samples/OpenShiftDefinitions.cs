using BuildController.Core.Model;
using BuildController.Informers.Testing;

namespace BuildController.Host.Samples;

/// <summary>The custom resources of the machine config operator, as the embedded server serves them.</summary>
internal static class OpenShiftDefinitions
{
    public static ResourceDefinition MachineConfigPools { get; } = ResourceDefinition.For(Resources.MachineConfigPools) with
    {
        ShortNames = ["mcp"],
        Columns =
        [
            new PrinterColumn("Config", "string", ".spec.configuration.name"),
            Condition("Building", "Building"),
            Condition("Built", "BuildSuccess"),
            Condition("Failed", "BuildFailed"),
            Condition("Degraded", "ImageBuildDegraded"),
            new PrinterColumn("Reason", "string", """.status.conditions[?(@.type=="ImageBuildDegraded")].reason""", Priority: 1),
            new PrinterColumn("Updated", "string", """.status.conditions[?(@.type=="Updated")].status""", Priority: 1),
        ],
    };

    public static ResourceDefinition MachineConfigs { get; } = ResourceDefinition.For(Resources.MachineConfigs, hasStatus: false) with
    {
        ShortNames = ["mc"],
        Columns =
        [
            new PrinterColumn("IgnitionVersion", "string", ".spec.config.ignition.version"),
        ],
    };

    /// <summary>OpenShift's own API serves builds with their status in one piece.</summary>
    public static ResourceDefinition Builds { get; } = ResourceDefinition.For(Resources.Builds, hasStatus: false) with
    {
        Columns =
        [
            new PrinterColumn("Type", "string", ".spec.strategy.type"),
            new PrinterColumn("From", "string", ".spec.source.type"),
            new PrinterColumn("Status", "string", ".status.phase"),
            new PrinterColumn("Reason", "string", ".status.reason"),
        ],
    };

    public static void Register(InMemoryCluster cluster)
    {
        cluster.Register(Builds);
        cluster.Register(MachineConfigPools);
        cluster.Register(MachineConfigs);
    }

    private static PrinterColumn Condition(string name, string type) => new(name, "string", $".status.conditions[?(@.type==\"{type}\")].status");
}
