using System.Buffers;
using System.Text.Json;

namespace BuildController.Informers.Client.Http;

/// <summary>Writes meta/v1 DeleteOptions.</summary>
internal static class DeleteOptionsBody
{
    public static ReadOnlyMemory<byte> Of(DeleteOptions options)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteString("apiVersion"u8, "v1"u8);
            writer.WriteString("kind"u8, "DeleteOptions"u8);
            if (options.GracePeriod is { } grace)
                writer.WriteNumber("gracePeriodSeconds"u8, (long)Math.Ceiling(grace.TotalSeconds));

            if (options.Propagation is { } propagation)
                writer.WriteString("propagationPolicy"u8, propagation.ToString());

            if (options.Uid is not null || options.ResourceVersion is not null)
                WritePreconditions(writer, options);

            writer.WriteEndObject();
        }

        return body.WrittenMemory;
    }

    private static void WritePreconditions(Utf8JsonWriter writer, DeleteOptions options)
    {
        writer.WriteStartObject("preconditions"u8);
        if (options.Uid is not null)
            writer.WriteString("uid"u8, options.Uid);

        if (options.ResourceVersion is not null)
            writer.WriteString("resourceVersion"u8, options.ResourceVersion);

        writer.WriteEndObject();
    }
}
