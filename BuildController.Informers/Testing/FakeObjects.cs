using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Testing.Cluster;

namespace BuildController.Informers.Testing;

/// <summary>Objects of one resource that a <see cref="FakeClientset"/> begins with; see <see cref="FakeObjectsExtensions.With{T}"/>.</summary>
public sealed class FakeObjects
{
    internal FakeObjects(ResourceDefinition definition, IReadOnlyList<JsonObject> bodies) => (Definition, Bodies) = (definition, bodies);

    /// <summary>What to register, unless the cluster knows the resource already.</summary>
    internal ResourceDefinition Definition { get; }

    /// <summary>The objects, as the type writes them.</summary>
    internal IReadOnlyList<JsonObject> Bodies { get; }
}

/// <summary>Makes <see cref="FakeObjects"/>.</summary>
public static class FakeObjectsExtensions
{
    /// <summary>
    /// Objects of this resource for a fake to begin with; none only makes the resource known. They are kept as they are given: status, UID,
    /// generation and deletion time too, so that owner references can name a UID that the test knows.
    /// </summary>
    /// <param name="type">The resource. Its objects must be writable: a projection's are not.</param>
    /// <param name="objects">The objects.</param>
    public static FakeObjects With<T>(this ResourceType<T> type, params IEnumerable<T> objects)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(objects);
        return new FakeObjects(ResourceDefinition.For(type), [.. objects.Select(value => Json.ParseObject(type.Write(value)))]);
    }
}
