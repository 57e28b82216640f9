using BuildController.Informers.Api;
using BuildController.Informers.Testing.Cluster;
using BuildController.Informers.Testing.Cluster.Definitions;

namespace BuildController.Informers.Testing;

/// <summary>The core kinds that every <see cref="InMemoryCluster"/> knows, with their own rules.</summary>
public static class CoreResources
{
    /// <summary><c>v1 namespaces</c>.</summary>
    public static ResourceDefinition Namespaces { get; } = Core("namespaces", "Namespace", NamespaceRules.Instance) with
    {
        Scope = ResourceScope.Cluster,
        ShortNames = ["ns"],
        HasStatus = true,
        SelectableFields = ["status.phase"],
        Columns = [new PrinterColumn("Status", "string", ".status.phase")],
    };

    /// <summary><c>v1 configmaps</c>.</summary>
    public static ResourceDefinition ConfigMaps { get; } = Core("configmaps", "ConfigMap", ConfigMapRules.Instance) with { ShortNames = ["cm"] };

    /// <summary><c>v1 secrets</c>.</summary>
    public static ResourceDefinition Secrets { get; } = Core("secrets", "Secret", SecretRules.Instance) with
    {
        SelectableFields = ["type"],
        Columns = [new PrinterColumn("Type", "string", ".type")],
    };

    /// <summary><c>v1 pods</c>.</summary>
    public static ResourceDefinition Pods { get; } = Core("pods", "Pod", PodRules.Instance) with
    {
        ShortNames = ["po"],
        Categories = ["all"],
        HasStatus = true,
        SelectableFields = ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.phase", "status.podIP", "status.nominatedNodeName"],
        Columns = [new PrinterColumn("Status", "string", ".status.phase"), new PrinterColumn("Node", "string", ".spec.nodeName", Priority: 1)],
    };

    /// <summary><c>v1 events</c>.</summary>
    public static ResourceDefinition Events { get; } = Core("events", "Event", EventRules.Instance) with
    {
        ShortNames = ["ev"],
        SelectableFields =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
            "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
        ],
        Columns =
        [
            new PrinterColumn("Last Seen", "date", ".lastTimestamp"), new PrinterColumn("Type", "string", ".type"), new PrinterColumn("Reason", "string", ".reason"),
            new PrinterColumn("Object", "string", ".involvedObject.name"), new PrinterColumn("Message", "string", ".message"),
        ],
    };

    /// <summary><c>v1 serviceaccounts</c>.</summary>
    public static ResourceDefinition ServiceAccounts { get; } = Core("serviceaccounts", "ServiceAccount", ServiceAccountRules.Instance) with { ShortNames = ["sa"] };

    /// <summary><c>v1 services</c>. Nothing routes to them: kubectl asks for them when it looks around.</summary>
    public static ResourceDefinition Services { get; } = Core("services", "Service", ServiceRules.Instance) with
    {
        ShortNames = ["svc"],
        Categories = ["all"],
        HasStatus = true,
        Columns =
        [
            new PrinterColumn("Type", "string", ".spec.type"), new PrinterColumn("Cluster-IP", "string", ".spec.clusterIP"),
            new PrinterColumn("External-IP", "string", ".spec.externalIPs[0]"), new PrinterColumn("Port(s)", "string", ".spec.ports[0].port"),
        ],
    };

    /// <summary><c>v1 nodes</c>.</summary>
    public static ResourceDefinition Nodes { get; } = Core("nodes", "Node", NodeRules.Instance) with
    {
        Scope = ResourceScope.Cluster,
        ShortNames = ["no"],
        HasStatus = true,
        SelectableFields = ["spec.unschedulable"],
        Columns = [new PrinterColumn("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status")],
    };

    /// <summary><c>coordination.k8s.io/v1 leases</c>.</summary>
    public static ResourceDefinition Leases { get; } = Core("leases", "Lease", LeaseRules.Instance) with
    {
        Resource = new GroupVersionResource("coordination.k8s.io", "v1", "leases"),
        Columns = [new PrinterColumn("Holder", "string", ".spec.holderIdentity")],
    };

    /// <summary><c>apps/v1 deployments</c>. Nothing makes pods of them.</summary>
    public static ResourceDefinition Deployments { get; } = Core("deployments", "Deployment", DeploymentRules.Instance) with
    {
        Resource = new GroupVersionResource("apps", "v1", "deployments"),
        ShortNames = ["deploy"],
        Categories = ["all"],
        HasStatus = true,
        Columns = [new PrinterColumn("Replicas", "integer", ".spec.replicas"), new PrinterColumn("Available", "integer", ".status.availableReplicas")],
    };

    /// <summary><c>rbac.authorization.k8s.io/v1 roles</c>. They are kept, and decide nothing: whoever holds the token may do everything.</summary>
    public static ResourceDefinition Roles { get; } = Access("roles", "Role", RoleRules.Instance, ResourceScope.Namespaced);

    /// <summary><c>rbac.authorization.k8s.io/v1 clusterroles</c>; see <see cref="Roles"/>.</summary>
    public static ResourceDefinition ClusterRoles { get; } = Access("clusterroles", "ClusterRole", RoleRules.Instance, ResourceScope.Cluster);

    /// <summary><c>rbac.authorization.k8s.io/v1 rolebindings</c>; see <see cref="Roles"/>.</summary>
    public static ResourceDefinition RoleBindings { get; } = Access("rolebindings", "RoleBinding", RoleBindingRules.Instance, ResourceScope.Namespaced);

    /// <summary><c>rbac.authorization.k8s.io/v1 clusterrolebindings</c>; see <see cref="Roles"/>.</summary>
    public static ResourceDefinition ClusterRoleBindings { get; } = Access("clusterrolebindings", "ClusterRoleBinding", RoleBindingRules.Instance, ResourceScope.Cluster);

    /// <summary><c>apiextensions.k8s.io/v1 customresourcedefinitions</c>: creating one makes its resource known.</summary>
    public static ResourceDefinition CustomResourceDefinitions { get; } = Core("customresourcedefinitions", "CustomResourceDefinition", DefinitionRules.Instance) with
    {
        Resource = new GroupVersionResource("apiextensions.k8s.io", "v1", "customresourcedefinitions"),
        Scope = ResourceScope.Cluster,
        ShortNames = ["crd", "crds"],
        Categories = ["api-extensions"],
        HasStatus = true,
        Columns = [new PrinterColumn("Created At", "date", ".metadata.creationTimestamp")],
        ShowsAge = false,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        Namespaces, ConfigMaps, Secrets, Pods, Events, ServiceAccounts, Services, Nodes, Leases, Deployments, Roles, ClusterRoles, RoleBindings, ClusterRoleBindings, CustomResourceDefinitions,
    ];

    private static ResourceDefinition Access(string plural, string kind, ResourceRules rules, ResourceScope scope) => Core(plural, kind, rules) with
    {
        Resource = new GroupVersionResource("rbac.authorization.k8s.io", "v1", plural),
        Scope = scope,
    };

    private static ResourceDefinition Core(string plural, string kind, ResourceRules rules) => new()
    {
        Resource = new GroupVersionResource(string.Empty, "v1", plural),
        Kind = kind,
        Scope = ResourceScope.Namespaced,
        Rules = rules,
    };
}
