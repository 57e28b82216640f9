namespace BuildController.Informers.Client;

/// <summary>What verbs are called.</summary>
internal static class RequestVerbExtensions
{
    /// <summary>The verb as access rules and metrics name it.</summary>
    public static string Name(this RequestVerb verb) => verb switch
    {
        RequestVerb.Get => "get",
        RequestVerb.List => "list",
        RequestVerb.Watch => "watch",
        RequestVerb.Create => "create",
        RequestVerb.Update => "update",
        RequestVerb.Patch => "patch",
        _ => "delete",
    };
}
