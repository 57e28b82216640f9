namespace BuildController.Informers.Testing.Cluster;

/// <summary>What sets a kind apart: defaults, validation, how it may change, how it goes.</summary>
internal abstract class ResourceRules;

internal sealed class CustomResourceRules : ResourceRules
{
    public static readonly CustomResourceRules Instance = new();
}
