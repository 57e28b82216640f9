using BuildController.Informers.Api;

namespace BuildController.Informers.Client.Http;

/// <summary>A request in a form that can be sent twice.</summary>
/// <param name="Verb">What it does. It decides the HTTP method.</param>
/// <param name="Type">The resource.</param>
/// <param name="Path">The path, without a leading slash.</param>
/// <param name="Query">The query with its question mark, or empty. Never shown: it may hold tokens of a page.</param>
internal sealed record ApiRequest(RequestVerb Verb, INamedResource Type, string Path, string Query = "")
{
    /// <summary>The HTTP method.</summary>
    public HttpMethod Method => Verb switch
    {
        RequestVerb.Create => HttpMethod.Post,
        RequestVerb.Update => HttpMethod.Put,
        RequestVerb.Patch => HttpMethod.Patch,
        RequestVerb.Delete => HttpMethod.Delete,
        _ => HttpMethod.Get,
    };

    /// <summary>The body; empty for none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The media type of the body.</summary>
    public string MediaType { get; init; } = "application/json";

    /// <summary>
    /// Whether the body of the answer goes on for as long as there is something to say. It may then be silent for any time,
    /// and it is not compressed: a compressor holds events back.
    /// </summary>
    public bool IsWatch => Verb == RequestVerb.Watch;

    /// <summary>
    /// The kind of meta/v1 that the answer should be converted to, for example <c>PartialObjectMetadata</c>; null for the
    /// resource's own. A server that cannot convert sends its own.
    /// </summary>
    public string? ConvertTo { get; init; }

    /// <summary>What is asked, for errors.</summary>
    public override string ToString() => IsWatch ? $"WATCH /{Path}" : $"{Method} /{Path}";
}
