using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildController.Core.Model;

/// <summary>Source-generated contracts of the models.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MachineConfigPool))]
[JsonSerializable(typeof(ConfigMap))]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(Build))]
internal sealed partial class ModelJsonContext : JsonSerializerContext;
