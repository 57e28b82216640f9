using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BuildController.Informers.Api;
using k8s;
using k8s.Models;

namespace BuildController.KubernetesClient;

/// <summary>Reads and writes as KubernetesClient does: by its options for System.Text.Json.</summary>
internal sealed class KubernetesObjectCodec<T> : IObjectCodec<T>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly JsonTypeInfo<T> typeInfo = (JsonTypeInfo<T>)Options().GetTypeInfo(typeof(T));

    public T Read(ref Utf8JsonReader reader) => Trimmed(JsonSerializer.Deserialize(ref reader, typeInfo));

    public T Read(ReadOnlySpan<byte> utf8Json) => Trimmed(JsonSerializer.Deserialize(utf8Json, typeInfo));

    public void Write(Utf8JsonWriter writer, T value) => JsonSerializer.Serialize(writer, value, typeInfo);

    /// <summary>KubernetesClient hands out its options only to be changed; a copy changes nothing.</summary>
    private static JsonSerializerOptions Options()
    {
        JsonSerializerOptions? copy = null;
        KubernetesJson.AddJsonOptions(options => copy = new JsonSerializerOptions(options));
        return copy!;
    }

    private static T Trimmed(T? value)
    {
        if (value is null)
            throw new JsonException($"Expected a {typeof(T).Name}, found null.");

        if (value.Metadata is null)
            throw new JsonException($"A {typeof(T).Name} has no metadata.");

        value.Metadata.ManagedFields = null;
        return value;
    }
}
