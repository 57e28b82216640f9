using BuildController.Informers.Api;

namespace BuildController.Informers.Client;

/// <summary>
/// Says whether a failed request may be sent once more, from the request and the error alone. docs/clients.md shows it as a
/// table with the reason for each cell.
/// </summary>
internal static class RetryRules
{
    public static bool MayRepeat(ClientRequest request, ApiException error)
    {
        FailureKind failure = FailureKinds.Of(error);
        if (failure == FailureKind.Final || request.HasDelivered)
            return false;

        return request.Verb switch
        {
            // Who watches has a policy of its own: it may need a list first.
            RequestVerb.Watch => false,
            RequestVerb.Get or RequestVerb.List => true,
            _ => failure == FailureKind.NotBegun || (failure != FailureKind.ServerFailed && IsHarmlessTwice(request)),
        };
    }

    /// <summary>
    /// Whether a write that was applied and is sent again changes nothing more. A create is not: a generated name makes a second
    /// object, and with a name of its own the answer would be that the object exists, whoever made it. A delete by name alone is not: by
    /// then the name may be that of a successor.
    /// </summary>
    private static bool IsHarmlessTwice(ClientRequest request) => request.Verb switch
    {
        RequestVerb.Update => request.ResourceVersion is not null,
        RequestVerb.Patch => request.Patch is { } patch && (patch.Kind != PatchKind.Json || JsonPatchPrecondition.IsOnVersion(patch.Body)),
        RequestVerb.Delete => request.DeleteOptions is { Uid: not null } or { ResourceVersion: not null },
        _ => false,
    };
}
