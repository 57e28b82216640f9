using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Testing;

namespace BuildController.Host.Server.Discovery;

/// <summary>
/// OpenAPI v3 documents, one a group and version. Resources with a schema show it; the schemas of the others are loose.
/// No strategic merge is offered: kubectl then merges core kinds by its own types, which know more than these schemas.
/// </summary>
internal static class OpenApiV3
{
    private static readonly string[] PatchTypes = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];
    private static readonly string[] PathParameters = ["name", "namespace"];

    public static byte[] Index(IReadOnlyList<ResourceDefinition> types) => JsonBytes.Object(writer => writer.WriteObject("paths", _ =>
    {
        foreach (string path in types.Select(static type => type.Resource.Group.Length == 0 ? $"api/{type.Resource.Version}" : $"apis/{type.Resource.ApiVersion}").Distinct())
            writer.WriteObject(path, _ => writer.WriteString("serverRelativeURL"u8, $"/openapi/v3/{path}"));
    }));

    /// <exception cref="ApiException">There is no such group and version.</exception>
    public static byte[] Document(string group, string version, IReadOnlyList<ResourceDefinition> types)
    {
        ResourceDefinition[] found = [.. types.Where(type => type.Resource.Group == group && type.Resource.Version == version)];
        if (found.Length == 0)
            throw Refusal.UnknownPath();

        return JsonBytes.Object(writer =>
        {
            writer.WriteString("openapi"u8, "3.0.0"u8);
            writer.WriteObject("info", static writer =>
            {
                writer.WriteString("title"u8, "BuildController embedded cluster"u8);
                writer.WriteString("version"u8, "v1.32.0"u8);
            });
            writer.WriteObject("paths", _ => WritePaths(writer, found));
            writer.WriteObject("components", _ => writer.WriteObject("schemas", _ =>
            {
                foreach (ResourceDefinition type in found)
                    writer.WriteObject(OpenApiNames.Of(type), _ => WriteSchema(writer, type));

                writer.WritePropertyName(OpenApiDefinitions.Metadata);
                OpenApiDefinitions.ObjectMetadata().WriteTo(writer);
            }));
        });
    }

    private static void WritePaths(Utf8JsonWriter writer, ResourceDefinition[] types)
    {
        foreach (ResourceDefinition type in types)
        {
            foreach (IGrouping<string, ApiOperation> path in ApiOperation.Of(type).GroupBy(static operation => operation.Path))
            {
                writer.WriteObject(path.Key, _ =>
                {
                    foreach (ApiOperation operation in path)
                        writer.WriteObject(operation.Method, _ => WriteOperation(writer, type, operation));

                    IEnumerable<string> names = PathParameters.Where(name => path.Key.Contains($"{{{name}}}", StringComparison.Ordinal));
                    writer.WriteObjects("parameters", names, static (writer, name) => WriteParameter(writer, name, "path"));
                });
            }
        }
    }

    private static void WriteOperation(Utf8JsonWriter writer, ResourceDefinition type, ApiOperation operation)
    {
        writer.WriteString("operationId"u8, OperationId(type, operation));
        writer.WriteObjects("parameters", operation.QueryParameters, static (writer, name) => WriteParameter(writer, name, "query"));
        if (operation.Method is "post" or "put" or "patch")
        {
            writer.WriteObject("requestBody", _ => writer.WriteObject("content", _ =>
            {
                foreach (string mediaType in operation.Method == "patch" ? PatchTypes : ["application/json"])
                    WriteContent(writer, mediaType, type);
            }));
        }

        writer.WriteObject("responses", _ => writer.WriteObject("200", _ =>
        {
            writer.WriteString("description"u8, "OK"u8);
            writer.WriteObject("content", _ => WriteContent(writer, "application/json", type));
        }));
        writer.WriteString("x-kubernetes-action"u8, operation.Action);
        writer.WriteObject("x-kubernetes-group-version-kind", _ => WriteKind(writer, type));
    }

    private static string OperationId(ResourceDefinition type, ApiOperation operation)
    {
        bool isStatus = operation.Path.EndsWith("/status", StringComparison.Ordinal);
        bool isEverywhere = type.Scope == ResourceScope.Namespaced && !operation.Path.Contains('{', StringComparison.Ordinal);
        return operation.Action + type.Kind + (isStatus ? "Status" : isEverywhere ? "ForAllNamespaces" : string.Empty);
    }

    private static void WriteParameter(Utf8JsonWriter writer, string name, string place)
    {
        writer.WriteString("name"u8, name);
        writer.WriteString("in"u8, place);
        if (place == "path")
            writer.WriteBoolean("required"u8, true);

        writer.WriteObject("schema", _ => writer.WriteString("type"u8, ParameterType(name)));
    }

    private static string ParameterType(string name) => name switch
    {
        "limit" or "timeoutSeconds" or "gracePeriodSeconds" => "integer",
        "watch" or "allowWatchBookmarks" or "sendInitialEvents" or "force" or "orphanDependents" => "boolean",
        _ => "string",
    };

    private static void WriteContent(Utf8JsonWriter writer, string mediaType, ResourceDefinition type) =>
        writer.WriteObject(mediaType, _ => writer.WriteObject("schema", _ => writer.WriteString("$ref"u8, $"#/components/schemas/{OpenApiNames.Of(type)}")));

    private static void WriteSchema(Utf8JsonWriter writer, ResourceDefinition type)
    {
        if (type.Schema is not null)
        {
            WriteOwnSchema(writer, type);
            return;
        }

        writer.WriteString("type"u8, "object"u8);
        writer.WriteString("description"u8, $"{type.Kind} as the embedded cluster knows it: it has more fields than are listed here.");
        writer.WriteObject("properties", _ =>
        {
            WriteProperty(writer, "apiVersion", "string", $"Always {type.Resource.ApiVersion}.");
            WriteProperty(writer, "kind", "string", $"Always {type.Kind}.");
            WriteMetadata(writer);
            if (type.HasStatus)
            {
                WriteProperty(writer, "spec", "object", "What is wanted. Every field is kept.");
                WriteProperty(writer, "status", "object", "What is, as controllers report it through the status subresource.");
            }
        });
        writer.WriteBoolean("x-kubernetes-preserve-unknown-fields"u8, true);
        writer.WriteObjects("x-kubernetes-group-version-kind", [type], WriteKind);
    }

    /// <summary>The schema as it was given, with the header that goes without saying.</summary>
    private static void WriteOwnSchema(Utf8JsonWriter writer, ResourceDefinition type)
    {
        JsonObject schema = type.Schema!.ToJson();
        foreach ((string name, JsonNode? value) in schema)
        {
            if (value is null || name is "properties" or "x-kubernetes-group-version-kind")
                continue;

            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }

        writer.WriteObject("properties", _ =>
        {
            WriteProperty(writer, "apiVersion", "string", $"Always {type.Resource.ApiVersion}.");
            WriteProperty(writer, "kind", "string", $"Always {type.Kind}.");
            WriteMetadata(writer);
            foreach ((string name, JsonNode? value) in schema["properties"] as JsonObject ?? [])
            {
                if (name is "apiVersion" or "kind" or "metadata")
                    continue;

                writer.WritePropertyName(name);
                value!.WriteTo(writer);
            }
        });
        writer.WriteObjects("x-kubernetes-group-version-kind", [type], WriteKind);
    }

    private static void WriteMetadata(Utf8JsonWriter writer) => writer.WriteObject("metadata", _ =>
    {
        writer.WriteString("description"u8, "What every object has: its name, labels, owners, and what the server sets."u8);
        writer.WriteObjects("allOf", [$"#/components/schemas/{OpenApiDefinitions.Metadata}"], static (writer, schema) => writer.WriteString("$ref"u8, schema));
    });

    private static void WriteProperty(Utf8JsonWriter writer, string name, string type, string description) => writer.WriteObject(name, _ =>
    {
        writer.WriteString("type"u8, type);
        writer.WriteString("description"u8, description);
        if (type == "object")
            writer.WriteBoolean("x-kubernetes-preserve-unknown-fields"u8, true);
    });

    private static void WriteKind(Utf8JsonWriter writer, ResourceDefinition type)
    {
        writer.WriteString("group"u8, type.Resource.Group);
        writer.WriteString("version"u8, type.Resource.Version);
        writer.WriteString("kind"u8, type.Kind);
    }
}
