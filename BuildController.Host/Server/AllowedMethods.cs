using BuildController.Informers.Api;
using BuildController.Informers.Testing;

namespace BuildController.Host.Server;

/// <summary>What a 405 says may be done instead, in its Allow header.</summary>
internal static class AllowedMethods
{
    /// <param name="path">What was asked for.</param>
    /// <param name="type">The resource; null for other paths.</param>
    public static string Of(RequestPath path, ResourceDefinition? type) => (path, type) switch
    {
        ({ Endpoint: not Endpoint.Resource }, _) => "GET, HEAD",
        (_, null) => "POST",
        ({ Name: null }, _) when type.Scope == ResourceScope.Namespaced && path.Namespace is null => "GET",
        ({ Name: null }, _) => "GET, POST, DELETE",
        ({ Subresource: null }, _) => "GET, PUT, PATCH, DELETE",
        _ => "GET, PUT, PATCH",
    };
}
