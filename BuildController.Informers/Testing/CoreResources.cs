using BuildController.Informers.Api;

namespace BuildController.Informers.Testing;

/// <summary>The core kinds that every <see cref="InMemoryCluster"/> knows.</summary>
public static class CoreResources
{
    /// <summary><c>v1 namespaces</c>.</summary>
    public static ResourceDefinition Namespaces { get; } = Core("namespaces", "Namespace", ResourceScope.Cluster);

    /// <summary><c>v1 configmaps</c>.</summary>
    public static ResourceDefinition ConfigMaps { get; } = Core("configmaps", "ConfigMap");

    /// <summary><c>v1 secrets</c>.</summary>
    public static ResourceDefinition Secrets { get; } = Core("secrets", "Secret");

    /// <summary><c>v1 pods</c>.</summary>
    public static ResourceDefinition Pods { get; } = Core("pods", "Pod");

    /// <summary><c>v1 events</c>.</summary>
    public static ResourceDefinition Events { get; } = Core("events", "Event");

    /// <summary><c>v1 serviceaccounts</c>.</summary>
    public static ResourceDefinition ServiceAccounts { get; } = Core("serviceaccounts", "ServiceAccount");

    /// <summary><c>v1 nodes</c>.</summary>
    public static ResourceDefinition Nodes { get; } = Core("nodes", "Node", ResourceScope.Cluster);

    /// <summary><c>coordination.k8s.io/v1 leases</c>.</summary>
    public static ResourceDefinition Leases { get; } = Core("leases", "Lease") with
    {
        Resource = new GroupVersionResource("coordination.k8s.io", "v1", "leases"),
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ResourceDefinition> All { get; } = [Namespaces, ConfigMaps, Secrets, Pods, Events, ServiceAccounts, Nodes, Leases];

    private static ResourceDefinition Core(string plural, string kind, ResourceScope scope = ResourceScope.Namespaced) =>
        new() { Resource = new GroupVersionResource(string.Empty, "v1", plural), Kind = kind, Scope = scope };
}
