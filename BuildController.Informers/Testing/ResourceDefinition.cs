using BuildController.Informers.Api;
using BuildController.Informers.Testing.Cluster;
using BuildController.Informers.Testing.Cluster.Schemas;

namespace BuildController.Informers.Testing;

/// <summary>What a server knows of a resource, beyond how to store its objects. Immutable.</summary>
/// <remarks>
/// A definition made by a user is treated as a custom resource: no strategic merge, a replace needs a resourceVersion,
/// <c>generation</c> is kept. The rules of the core kinds come with <see cref="CoreResources"/>.
/// </remarks>
public sealed record ResourceDefinition
{
    /// <summary>How URLs name the resource.</summary>
    public required GroupVersionResource Resource { get; init; }

    /// <summary>The kind of the objects, for example <c>ConfigMap</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The kind of lists of the objects; the default is the kind with <c>List</c> behind it.</summary>
    public string ListKind { get => field ?? Kind + "List"; init; }

    /// <summary>Whether the objects live in namespaces.</summary>
    public required ResourceScope Scope { get; init; }

    /// <summary>The singular name; the default is the kind in lower case.</summary>
    public string Singular { get => field ?? Kind.ToLowerInvariant(); init; }

    /// <summary>Short names for command lines, for example <c>cm</c>.</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>Groups of resources that this one belongs to, for example <c>all</c>.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>
    /// Whether the resource has the status subresource: then writes to the object ignore its status, and writes to the status
    /// ignore all the rest.
    /// </summary>
    public bool HasStatus { get; init; }

    /// <summary>
    /// The dotted paths that field selectors may name besides <c>metadata.name</c> and <c>metadata.namespace</c>; a selector
    /// over any other field is a bad request, as on a real server. The default is none.
    /// </summary>
    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    /// <summary>The columns that a table of objects shows after the name, before the age.</summary>
    public IReadOnlyList<PrinterColumn> Columns { get; init; } = [];

    /// <summary>
    /// Whether a table ends with the object's age where no column shows it. The default is true; the tables of a
    /// CustomResourceDefinition show what it lists, and the age if it lists nothing.
    /// </summary>
    public bool ShowsAge { get; init; } = true;

    /// <summary>
    /// What the objects look like. The default, null, takes every field and keeps it; with a schema, writes are pruned, defaulted and
    /// validated, as a CustomResourceDefinition has it.
    /// </summary>
    public ResourceSchema? Schema { get; init; }

    /// <summary>Where the scale subresource finds its numbers; null, the default, for a resource that has none.</summary>
    public ScalePaths? Scale { get; init; }

    /// <summary>What the answers to requests for this version warn of; null, the default, for one that is not deprecated.</summary>
    public string? DeprecationWarning { get; init; }

    /// <summary>Whether nothing new may be created any more, because the resource itself is going.</summary>
    internal bool IsTerminating { get; init; }

    /// <summary>The form of the objects, whoever says it; null if nobody does.</summary>
    internal SchemaNode? Form => Schema?.Root ?? Rules.Schema;

    /// <summary>What sets the kind apart from others.</summary>
    internal ResourceRules Rules { get; init; } = CustomResourceRules.Instance;

    /// <summary>Whether the objects live in namespaces.</summary>
    internal bool IsNamespaced => Scope == ResourceScope.Namespaced;

    /// <summary>The definition of a custom resource that a client describes.</summary>
    /// <typeparam name="T">The type that the client decodes to; the server does not care.</typeparam>
    /// <param name="type">The client's description.</param>
    /// <param name="hasStatus">Whether the resource has the status subresource. The default is true.</param>
    public static ResourceDefinition For<T>(ResourceType<T> type, bool hasStatus = true)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        return new ResourceDefinition { Resource = type.Resource, Kind = type.Kind, Scope = type.Scope, HasStatus = hasStatus };
    }

    /// <summary>The resource's name, for logs.</summary>
    public override string ToString() => $"{Kind} ({Resource})";
}
