using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Services: as clients write them, with the type filled in. Nothing gives them an address.</summary>
internal sealed class ServiceRules : ResourceRules
{
    public static readonly ServiceRules Instance = new();

    public override IEnumerable<string> CheckName(string name) => Names.CheckLabel(name);

    public override void Default(JsonObject root) => root.Ensure("spec").Default("type", "ClusterIP");
}
