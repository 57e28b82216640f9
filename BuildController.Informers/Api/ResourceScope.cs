namespace BuildController.Informers.Api;

/// <summary>Whether objects of a resource live in namespaces.</summary>
public enum ResourceScope
{
    /// <summary>Objects live in a namespace.</summary>
    Namespaced,

    /// <summary>Objects live beside the namespaces: nodes, custom resource definitions, machine config pools.</summary>
    Cluster,
}
