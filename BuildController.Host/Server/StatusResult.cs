using System.Text.Json;
using BuildController.Informers.Api;

namespace BuildController.Host.Server;

/// <summary>Writes meta/v1 Status, the body of every answer that is not an object.</summary>
internal static class StatusResult
{
    /// <summary>The answer to a delete after which the object is gone.</summary>
    public static byte[] Deleted(GroupVersionResource resource, string name, string? uid) => Write(new ApiStatus
    {
        Status = "Success",
        Details = new ApiStatusDetails { Name = name, Group = resource.Group, Kind = resource.Plural, Uid = uid },
    });

    public static byte[] Write(ApiStatus status) => JsonBytes.Object(writer =>
    {
        writer.WriteString("kind"u8, "Status"u8);
        writer.WriteString("apiVersion"u8, "v1"u8);
        writer.WriteObject("metadata", static _ => { });
        writer.WriteString("status"u8, status.Status);
        writer.WriteIfSet("message", status.Message);
        writer.WriteIfSet("reason", status.Reason);
        if (status.Details is { } details)
            writer.WriteObject("details", _ => WriteDetails(writer, details));

        if (status.Code > 0)
            writer.WriteNumber("code"u8, status.Code);
    });

    private static void WriteDetails(Utf8JsonWriter writer, ApiStatusDetails details)
    {
        writer.WriteIfSet("name", details.Name);
        writer.WriteIfSet("group", details.Group);
        writer.WriteIfSet("kind", details.Kind);
        writer.WriteIfSet("uid", details.Uid);
        if (details.Causes.Count > 0)
        {
            writer.WriteObjects("causes", details.Causes, static (writer, cause) =>
            {
                writer.WriteIfSet("reason", cause.Type);
                writer.WriteIfSet("message", cause.Message);
                writer.WriteIfSet("field", cause.Field);
            });
        }

        if (details.RetryAfterSeconds is { } seconds)
            writer.WriteNumber("retryAfterSeconds"u8, seconds);
    }
}
