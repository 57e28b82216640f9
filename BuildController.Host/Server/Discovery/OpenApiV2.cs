using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Testing;

namespace BuildController.Host.Server.Discovery;

/// <summary>
/// The OpenAPI v2 document, which older clients ask for, as JSON or as protobuf (openapi.v2.Document of gnostic). It tells of
/// the operations that write, and of each kind what <see cref="OpenApiDefinitions"/> knows.
/// </summary>
internal static class OpenApiV2
{
    public const string ProtobufType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private const string Title = "BuildController embedded cluster";
    private const string Version = "v1.32.0";
    private const string KindExtension = "x-kubernetes-group-version-kind";

    private static readonly string[] Methods = ["patch", "post", "put"];

    /// <summary>Whether an Accept header asks for protobuf. Clients write its version after an at sign, which is no media type: the answer has a dot.</summary>
    public static bool WantsProtobuf(string? accept) =>
        accept is not null && accept.Contains("application/com.github.proto-openapi.spec.v2", StringComparison.Ordinal);

    public static byte[] Json(IReadOnlyList<ResourceDefinition> types) => JsonBytes.Object(writer =>
    {
        writer.WriteString("swagger"u8, "2.0"u8);
        writer.WriteObject("info", static writer =>
        {
            writer.WriteString("title"u8, Title);
            writer.WriteString("version"u8, Version);
        });
        writer.WriteObject("paths", _ =>
        {
            foreach ((ResourceDefinition type, IGrouping<string, ApiOperation> path) in Paths(types))
            {
                writer.WriteObject(path.Key, _ =>
                {
                    foreach (ApiOperation operation in path)
                        writer.WriteObject(operation.Method, _ => WriteOperation(writer, type, operation));
                });
            }
        });
        writer.WriteObject("definitions", _ =>
        {
            foreach ((string name, JsonObject schema) in OpenApiDefinitions.Of(types))
            {
                writer.WritePropertyName(name);
                schema.WriteTo(writer);
            }
        });
    });

    // The numbers are the field numbers of openapi.v2 in OpenAPIv2.proto.
    public static byte[] Protobuf(IReadOnlyList<ResourceDefinition> types)
    {
        var paths = new ProtobufMessage();
        foreach ((ResourceDefinition type, IGrouping<string, ApiOperation> path) in Paths(types))
        {
            var item = new ProtobufMessage();
            foreach (ApiOperation operation in path)
                item.Add(operation.Method switch { "put" => 3, "post" => 4, _ => 8 }, Operation(type, operation));

            paths.Add(2, new ProtobufMessage().Add(1, path.Key).Add(2, item));
        }

        return new ProtobufMessage()
            .Add(1, "2.0")
            .Add(2, new ProtobufMessage().Add(1, Title).Add(2, Version))
            .Add(8, paths)
            .Add(9, OpenApiV2Schema.Named(OpenApiDefinitions.Of(types)))
            .ToArray();
    }

    private static IEnumerable<(ResourceDefinition Type, IGrouping<string, ApiOperation> Path)> Paths(IReadOnlyList<ResourceDefinition> types) =>
        from type in types
        from path in ApiOperation.Of(type).Where(static operation => Methods.Contains(operation.Method)).GroupBy(static operation => operation.Path)
        select (type, path);

    private static void WriteOperation(Utf8JsonWriter writer, ResourceDefinition type, ApiOperation operation)
    {
        writer.WriteObjects("parameters", operation.QueryParameters, static (writer, name) =>
        {
            writer.WriteString("name"u8, name);
            writer.WriteString("in"u8, "query"u8);
            writer.WriteString("type"u8, "string"u8);
        });
        writer.WriteObject("responses", static writer => writer.WriteObject("200", static writer => writer.WriteString("description"u8, "OK"u8)));
        writer.WriteObject(KindExtension, _ =>
        {
            writer.WriteString("group"u8, type.Resource.Group);
            writer.WriteString("version"u8, type.Resource.Version);
            writer.WriteString("kind"u8, type.Kind);
        });
    }

    private static ProtobufMessage Operation(ResourceDefinition type, ApiOperation operation)
    {
        var message = new ProtobufMessage();
        foreach (string name in operation.QueryParameters)
        {
            ProtobufMessage query = new ProtobufMessage().Add(2, "query").Add(4, name).Add(6, "string");
            ProtobufMessage parameter = new ProtobufMessage().Add(2, new ProtobufMessage().Add(3, query));
            message.Add(8, new ProtobufMessage().Add(1, parameter));
        }

        ProtobufMessage ok = new ProtobufMessage().Add(1, new ProtobufMessage().Add(1, "OK"));
        string kind = $"group: \"{type.Resource.Group}\"\nversion: {type.Resource.Version}\nkind: {type.Kind}\n";
        return message
            .Add(9, new ProtobufMessage().Add(1, new ProtobufMessage().Add(1, "200").Add(2, ok)))
            .Add(13, new ProtobufMessage().Add(1, KindExtension).Add(2, new ProtobufMessage().Add(2, kind)));
    }
}
