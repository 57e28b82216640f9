namespace BuildController.Host.Server;

/// <summary>What a client wants to see of objects.</summary>
internal enum ResponseShape
{
    /// <summary>The objects.</summary>
    Whole,

    /// <summary>A table of them, as kubectl prints.</summary>
    Table,

    /// <summary>Their metadata alone.</summary>
    Metadata,
}

/// <summary>Content negotiation: JSON is all there is, in three shapes.</summary>
internal static class AcceptHeader
{
    /// <summary>The first clause that can be served, in the client's order; null if none can.</summary>
    public static ResponseShape? Shape(string? accept)
    {
        if (string.IsNullOrWhiteSpace(accept))
            return ResponseShape.Whole;

        foreach (string clause in accept.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = clause.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (parts is ["application/json" or "application/*" or "*/*", .. var parameters] && ShapeOf(parameters) is { } shape)
                return shape;
        }

        return null;
    }

    private static ResponseShape? ShapeOf(string[] parameters)
    {
        string? kind = null, group = null, version = null;
        foreach (string parameter in parameters)
        {
            string[] pair = parameter.Split('=', 2, StringSplitOptions.TrimEntries);
            if (pair is ["as", var value])
                kind = value;
            else if (pair is ["g", var g])
                group = g;
            else if (pair is ["v", var v])
                version = v;
        }

        return (kind, group, version) switch
        {
            (null, _, _) => ResponseShape.Whole,
            ("Table", "meta.k8s.io", "v1") => ResponseShape.Table,
            ("PartialObjectMetadata" or "PartialObjectMetadataList", "meta.k8s.io", "v1") => ResponseShape.Metadata,
            _ => null,
        };
    }
}
