using BuildController.Informers.Api;

namespace BuildController.Core.Model;

/// <summary>The resources that the build controller reads and writes.</summary>
public static class Resources
{
    private const string MachineConfiguration = "machineconfiguration.openshift.io";

    /// <summary>Pools; cluster-scoped, with a status subresource.</summary>
    public static ResourceType<MachineConfigPool> MachineConfigPools { get; } = ResourceType.For(
        new GroupVersionResource(MachineConfiguration, "v1", "machineconfigpools"), "MachineConfigPool", ResourceScope.Cluster, ModelJsonContext.Default.MachineConfigPool);

    /// <summary>Machine configs, whole: a build embeds every field of the rendered one.</summary>
    public static ResourceType<UnstructuredObject> MachineConfigs { get; } = ResourceType.Unstructured(
        new GroupVersionResource(MachineConfiguration, "v1", "machineconfigs"), "MachineConfig", ResourceScope.Cluster);

    /// <summary>ConfigMaps.</summary>
    public static ResourceType<ConfigMap> ConfigMaps { get; } = ResourceType.For(
        new GroupVersionResource(string.Empty, "v1", "configmaps"), "ConfigMap", ResourceScope.Namespaced, ModelJsonContext.Default.ConfigMap);

    /// <summary>Secrets.</summary>
    public static ResourceType<Secret> Secrets { get; } = ResourceType.For(
        new GroupVersionResource(string.Empty, "v1", "secrets"), "Secret", ResourceScope.Namespaced, ModelJsonContext.Default.Secret);

    /// <summary>Pods.</summary>
    public static ResourceType<Pod> Pods { get; } = ResourceType.For(
        new GroupVersionResource(string.Empty, "v1", "pods"), "Pod", ResourceScope.Namespaced, ModelJsonContext.Default.Pod);

    /// <summary>OpenShift's builds. Clusters without the build capability do not serve them.</summary>
    public static ResourceType<Build> Builds { get; } = ResourceType.For(
        new GroupVersionResource("build.openshift.io", "v1", "builds"), "Build", ResourceScope.Namespaced, ModelJsonContext.Default.Build);
}
