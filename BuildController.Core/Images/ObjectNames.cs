namespace BuildController.Core.Images;

/// <summary>
/// The names of a build's objects, made from the rendered config: two builds of one config need the same names, so the API
/// server itself lets only one of them exist.
/// </summary>
public static class ObjectNames
{
    /// <summary>The build object: a pod or a Build.</summary>
    public static string Build(string config) => $"build-{config}";

    /// <summary>The ConfigMap with the machine config.</summary>
    public static string MachineConfig(string config) => $"mc-{config}";

    /// <summary>The ConfigMap with the Containerfile.</summary>
    public static string Containerfile(string config) => $"dockerfile-{config}";

    /// <summary>The ConfigMap that the build leaves with the digest.</summary>
    public static string Digest(string config) => $"digest-{config}";
}
