using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Testing.Cluster;
using BuildController.Informers.Testing.Cluster.Schemas;

namespace BuildController.Informers.Testing;

/// <summary>
/// The structural OpenAPI v3 schema of a custom resource, as a CustomResourceDefinition carries it: unknown fields are pruned by it,
/// defaults filled in, objects validated, and the lists of a server-side apply merged. Immutable.
/// </summary>
/// <remarks>Rules in CEL (<c>x-kubernetes-validations</c>) are accepted and not evaluated.</remarks>
public sealed class ResourceSchema
{
    private readonly JsonObject json;

    private ResourceSchema(JsonObject json)
    {
        this.json = json;
        Root = SchemaReader.Read(json);
    }

    internal SchemaNode Root { get; }

    /// <summary>Reads a schema.</summary>
    /// <param name="openApiV3Schema">What stands under <c>openAPIV3Schema</c>.</param>
    /// <exception cref="FormatException">A server would not accept it; the message says why, field by field.</exception>
    public static ResourceSchema Parse(JsonObject openApiV3Schema)
    {
        ArgumentNullException.ThrowIfNull(openApiV3Schema);
        FieldErrors errors = SchemaRules.Check(openApiV3Schema, "openAPIV3Schema");
        return errors.IsEmpty
            ? new ResourceSchema(openApiV3Schema.Copy())
            : throw new FormatException(string.Join(Environment.NewLine, errors.Causes.Select(static cause => $"{cause.Field}: {cause.Message}")));
    }

    /// <summary>Reads a schema from its JSON text.</summary>
    /// <inheritdoc cref="Parse(JsonObject)"/>
    public static ResourceSchema Parse(string openApiV3Schema)
    {
        try
        {
            return JsonNode.Parse(openApiV3Schema) is JsonObject root ? Parse(root) : throw new FormatException("A schema is a JSON object.");
        }
        catch (JsonException error)
        {
            throw new FormatException($"The schema is no JSON: {error.Message}", error);
        }
    }

    /// <summary>A copy of the schema, to publish it.</summary>
    public JsonObject ToJson() => json.Copy();

    /// <summary>Takes a schema that has been checked.</summary>
    internal static ResourceSchema Of(JsonObject json) => new(json.Copy());

    internal bool IsSameAs(JsonObject other) => JsonNode.DeepEquals(json, other);
}
