using System.Text.Json.Nodes;
using BuildController.Informers.Client;

namespace BuildController.Host.Server;

/// <summary>Reads meta/v1 DeleteOptions.</summary>
internal static class DeleteRequest
{
    public static (DeleteOptions Options, bool DryRun) FromBody(JsonObject body)
    {
        try
        {
            JsonObject? preconditions = body["preconditions"]?.AsObject();
            return Make(
                body["gracePeriodSeconds"]?.GetValue<long>(),
                body["propagationPolicy"]?.GetValue<string>(),
                body["orphanDependents"]?.GetValue<bool>(),
                preconditions?["uid"]?.GetValue<string>(),
                preconditions?["resourceVersion"]?.GetValue<string>(),
                body["dryRun"] is JsonArray { Count: > 0 } dryRun ? dryRun[0]?.GetValue<string>() : null);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            throw Refusal.BadRequest($"the body is no DeleteOptions: {error.Message}");
        }
    }

    public static (DeleteOptions Options, bool DryRun) Make(
        long? graceSeconds, string? propagation, bool? orphanDependents, string? uid, string? resourceVersion, string? dryRun)
    {
        if (propagation is not null && orphanDependents is not null)
        {
            throw Refusal.InvalidOptions("DeleteOptions", "propagationPolicy", "FieldValueInvalid",
                $"Invalid value: \"{propagation}\": orphanDependents and deletionPropagation cannot be both set");
        }

        return (
            new DeleteOptions
            {
                // A server takes what is negative for one second.
                GracePeriod = graceSeconds is { } seconds ? TimeSpan.FromSeconds(seconds < 0 ? 1 : Math.Min(seconds, int.MaxValue)) : null,
                Propagation = Propagation(propagation) ?? (orphanDependents switch
                {
                    true => DeletionPropagation.Orphan,
                    false => DeletionPropagation.Background,
                    null => null,
                }),
                Uid = uid,
                ResourceVersion = resourceVersion,
            },
            RequestQuery.DryRun("DeleteOptions", dryRun));
    }

    private static DeletionPropagation? Propagation(string? value) => value switch
    {
        null => null,
        "Background" => DeletionPropagation.Background,
        "Foreground" => DeletionPropagation.Foreground,
        "Orphan" => DeletionPropagation.Orphan,
        _ => throw Refusal.InvalidOptions("DeleteOptions", "propagationPolicy", "FieldValueNotSupported",
            $"Unsupported value: \"{value}\": supported values: \"Background\", \"Foreground\", \"Orphan\""),
    };
}
