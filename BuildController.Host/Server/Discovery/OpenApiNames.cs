using BuildController.Informers.Testing;

namespace BuildController.Host.Server.Discovery;

/// <summary>What schemas are called in OpenAPI documents.</summary>
internal static class OpenApiNames
{
    /// <summary>The group's parts from the last to the first, version and kind.</summary>
    public static string Of(ResourceDefinition type)
    {
        string group = type.Resource.Group.Length == 0 ? "core.api.k8s.io" : type.Resource.Group;
        return $"{string.Join('.', group.Split('.').Reverse())}.{type.Resource.Version}.{type.Kind}";
    }
}
