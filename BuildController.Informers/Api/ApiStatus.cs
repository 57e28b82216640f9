using System.Text.Json.Serialization;

namespace BuildController.Informers.Api;

/// <summary>The body of an API server's answer that is not an object: what it did or why it did not (meta/v1 Status).</summary>
public sealed record ApiStatus
{
    /// <summary><c>Success</c> or <c>Failure</c>.</summary>
    public string Status { get => field ?? "Failure"; init; }

    /// <summary>A sentence for people.</summary>
    public string Message { get => field ?? string.Empty; init; }

    /// <summary>A word for machines, for example <c>NotFound</c>; <see cref="ApiException.Reason"/> is its typed form.</summary>
    public string Reason { get => field ?? string.Empty; init; }

    /// <summary>The HTTP status code that goes with it.</summary>
    public int Code { get; init; }

    /// <summary>What the answer is about.</summary>
    public ApiStatusDetails? Details { get; init; }
}

/// <summary>What an <see cref="ApiStatus"/> is about.</summary>
public sealed record ApiStatusDetails
{
    /// <summary>The name of the object.</summary>
    public string? Name { get; init; }

    /// <summary>The API group of the object.</summary>
    public string? Group { get; init; }

    /// <summary>The plural resource name of the object (the field's name in the API is historical).</summary>
    public string? Kind { get; init; }

    /// <summary>The UID of the object.</summary>
    public string? Uid { get; init; }

    /// <summary>The single faults, for an invalid object one per field; empty if there are none, never null.</summary>
    public IReadOnlyList<ApiStatusCause> Causes { get => field ?? []; init; }

    /// <summary>Seconds to wait before asking again, if the server says.</summary>
    public int? RetryAfterSeconds { get; init; }
}

/// <summary>One fault among those that an <see cref="ApiStatus"/> lists.</summary>
public sealed record ApiStatusCause
{
    /// <summary>A word for machines, for example <c>FieldValueInvalid</c> or <c>ResourceVersionTooLarge</c>.</summary>
    [JsonPropertyName("reason")]
    public string? Type { get; init; }

    /// <summary>A sentence for people.</summary>
    public string? Message { get; init; }

    /// <summary>The field at fault, for example <c>metadata.labels</c>.</summary>
    public string? Field { get; init; }
}
