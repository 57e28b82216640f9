using System.Text.Json.Nodes;

namespace BuildController.Host.Server.Discovery;

/// <summary>Writes a JSON schema as protobuf (openapi.v2.Schema of gnostic). What the format has no place for is left out.</summary>
internal static class OpenApiV2Schema
{
    // The numbers are the field numbers of openapi.v2 in OpenAPIv2.proto.
    public static ProtobufMessage Of(JsonObject schema)
    {
        var message = new ProtobufMessage();
        foreach ((string name, JsonNode? value) in schema)
        {
            switch (name, value)
            {
                case ("$ref", not null):
                    message.Add(1, value.GetValue<string>());
                    break;
                case ("format", not null):
                    message.Add(2, value.GetValue<string>());
                    break;
                case ("description", not null):
                    message.Add(4, value.GetValue<string>());
                    break;
                case ("required", JsonArray required):
                    foreach (JsonNode? one in required)
                        message.Add(19, one!.GetValue<string>());

                    break;
                case ("additionalProperties", JsonObject values):
                    message.Add(21, new ProtobufMessage().Add(1, Of(values)));
                    break;
                case ("type", not null):
                    message.Add(22, new ProtobufMessage().Add(1, value.GetValue<string>()));
                    break;
                case ("items", JsonObject items):
                    message.Add(23, new ProtobufMessage().Add(1, Of(items)));
                    break;
                case ("properties", JsonObject properties):
                    message.Add(25, Named(properties.Select(static one => KeyValuePair.Create(one.Key, (JsonObject)one.Value!))));
                    break;
                case var _ when name.StartsWith("x-", StringComparison.Ordinal) && value is not null:
                    // JSON is YAML, which is what stands there.
                    message.Add(31, new ProtobufMessage().Add(1, name).Add(2, new ProtobufMessage().Add(2, value.ToJsonString())));
                    break;
            }
        }

        return message;
    }

    /// <summary>Schemas with their names: the properties of an object, or the definitions of a document.</summary>
    public static ProtobufMessage Named(IEnumerable<KeyValuePair<string, JsonObject>> schemas)
    {
        var message = new ProtobufMessage();
        foreach ((string name, JsonObject schema) in schemas)
            message.Add(1, new ProtobufMessage().Add(1, name).Add(2, Of(schema)));

        return message;
    }
}
