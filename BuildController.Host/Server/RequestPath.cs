namespace BuildController.Host.Server;

/// <summary>What a URL path asks for.</summary>
internal enum Endpoint
{
    Unknown,
    Root,
    Health,
    Version,
    CoreVersions,
    Groups,
    Group,
    Resources,
    OpenApiV2,
    OpenApiV3Index,
    OpenApiV3Document,
    Resource,
}

/// <summary>A URL path, taken apart as an API server does.</summary>
internal sealed record RequestPath(Endpoint Endpoint)
{
    private static readonly RequestPath Unknown = new(Endpoint.Unknown);

    public string Group { get; init; } = string.Empty;

    public string Version { get; init; } = string.Empty;

    /// <summary>The namespace, or null if the path has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The resource's plural name; of a health endpoint its own.</summary>
    public string Plural { get; init; } = string.Empty;

    /// <summary>The name of the object, or null for the collection; of a health endpoint the check, or null for all.</summary>
    public string? Name { get; init; }

    public string? Subresource { get; init; }

    public static RequestPath Parse(string path)
    {
        string trimmed = path.Trim('/');
        if (trimmed.Length == 0)
            return new RequestPath(Endpoint.Root);

        string[] parts = trimmed.Split('/');
        if (Array.Exists(parts, string.IsNullOrEmpty))
            return Unknown;

        return parts switch
        {
            ["healthz" or "livez" or "readyz"] => new RequestPath(Endpoint.Health) { Plural = parts[0] },
            ["healthz" or "livez" or "readyz", var check] => new RequestPath(Endpoint.Health) { Plural = parts[0], Name = check },
            ["version"] => new RequestPath(Endpoint.Version),
            ["openapi", "v2"] => new RequestPath(Endpoint.OpenApiV2),
            ["openapi", "v3"] => new RequestPath(Endpoint.OpenApiV3Index),
            ["openapi", "v3", "api", var version] => new RequestPath(Endpoint.OpenApiV3Document) { Version = version },
            ["openapi", "v3", "apis", var group, var version] => new RequestPath(Endpoint.OpenApiV3Document) { Group = group, Version = version },
            ["api"] => new RequestPath(Endpoint.CoreVersions),
            ["api", var version] => new RequestPath(Endpoint.Resources) { Version = version },
            ["api", var version, .. var rest] => ParseResource(string.Empty, version, rest),
            ["apis"] => new RequestPath(Endpoint.Groups),
            ["apis", var group] => new RequestPath(Endpoint.Group) { Group = group },
            ["apis", var group, var version] => new RequestPath(Endpoint.Resources) { Group = group, Version = version },
            ["apis", var group, var version, .. var rest] => ParseResource(group, version, rest),
            _ => Unknown,
        };
    }

    private static RequestPath ParseResource(string group, string version, string[] rest)
    {
        var path = new RequestPath(Endpoint.Resource) { Group = group, Version = version };

        // namespaces/x/status is a subresource of the namespace x; namespaces/x/pods is a collection in it.
        if (rest is ["namespaces", _, _, ..] and not ["namespaces", _, "status" or "finalize"])
            (path, rest) = (path with { Namespace = rest[1] }, rest[2..]);

        return rest switch
        {
            [var plural] => path with { Plural = plural },
            [var plural, var name] => path with { Plural = plural, Name = name },
            [var plural, var name, var subresource] => path with { Plural = plural, Name = name, Subresource = subresource },
            _ => Unknown,
        };
    }
}
