namespace BuildController.Informers.Testing;

/// <summary>A column that a server adds to tables of a resource's objects.</summary>
/// <param name="Name">The heading.</param>
/// <param name="Type"><c>string</c>, <c>integer</c>, <c>date</c>, …, as OpenAPI has it.</param>
/// <param name="JsonPath">
/// Where the value is: a dotted path, with filters where a list is to be searched, for example
/// <c>.status.conditions[?(@.type=="Ready")].status</c>.
/// </param>
/// <param name="Priority">0 for columns that are always shown; higher ones only on wide output.</param>
public sealed record PrinterColumn(string Name, string Type, string JsonPath, int Priority = 0)
{
    /// <summary>What the column shows, for people; null for the path.</summary>
    public string? Description { get; init; }

    /// <summary>The form of the values, as OpenAPI has it, for example <c>date</c>; the default is none.</summary>
    public string Format { get => field ?? string.Empty; init; }
}
