using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildController.Informers.Api;

/// <summary>Source-generated contracts of the types that every API server speaks.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(Rfc3339Converter)])]
[JsonSerializable(typeof(ObjectMeta))]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(ListMetadata))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
