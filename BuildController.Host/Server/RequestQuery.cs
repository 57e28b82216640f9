using System.Globalization;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using Microsoft.AspNetCore.Http;

namespace BuildController.Host.Server;

/// <summary>The query parameters of a request, read and checked as an API server does.</summary>
internal readonly struct RequestQuery(IQueryCollection query)
{
    public bool IsWatch => Flag("watch");

    /// <summary>What the rows of a table carry of their object.</summary>
    public string IncludeObject => Text("includeObject") switch
    {
        null or "Metadata" => "Metadata",
        "None" => "None",
        "Object" => "Object",
        var other => throw Refusal.BadRequest($"unrecognized includeObject value: \"{other}\""),
    };

    public ListOptions List()
    {
        string? match = Text("resourceVersionMatch"), version = Text("resourceVersion"), next = Text("continue");
        if (Text("sendInitialEvents") is not null)
            throw Refusal.InvalidOptions("ListOptions", "sendInitialEvents", "FieldValueForbidden", "Forbidden: sendInitialEvents is forbidden for list");

        if (match is not null)
        {
            if (next is not null)
                throw MatchForbidden("resourceVersionMatch is forbidden when using continue");
            if (version is null)
                throw MatchForbidden("resourceVersionMatch is forbidden unless resourceVersion is provided");
            if (match is not ("Exact" or "NotOlderThan"))
                throw MatchUnsupported(match, "\"Exact\", \"NotOlderThan\"");
            if (match == "Exact" && version == "0")
                throw MatchForbidden("resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        }

        if (next is not null && version is not (null or "0"))
            throw Refusal.BadRequest("specifying resource version is not allowed when using continue");

        return Selectors() with
        {
            ResourceVersion = version,
            Limit = (int)Math.Clamp(Number("limit") ?? 0, 0, int.MaxValue),
            Continue = next,
        };
    }

    /// <summary>Whether a list must show exactly the version that it names.</summary>
    public bool WantsExactVersion => Text("resourceVersionMatch") == "Exact";

    /// <summary>Whether a watch wants no initial events although it names no version.</summary>
    public bool RefusesInitialEvents => Text("sendInitialEvents") is not null && !Flag("sendInitialEvents");

    public WatchOptions Watch()
    {
        string? match = Text("resourceVersionMatch");
        bool? sendInitialEvents = Text("sendInitialEvents") is null ? null : Flag("sendInitialEvents");
        if (sendInitialEvents is null && match is not null)
            throw MatchForbidden("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        if (sendInitialEvents is not null && match is null)
            throw MatchForbidden("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        if (match is not (null or "NotOlderThan"))
            throw MatchUnsupported(match, "\"NotOlderThan\"");
        if (Text("continue") is not null && match is not null)
            throw MatchForbidden("resourceVersionMatch is forbidden when using continue");

        ListOptions selectors = Selectors();
        return new WatchOptions
        {
            LabelSelector = selectors.LabelSelector,
            FieldSelector = selectors.FieldSelector,
            ResourceVersion = Text("resourceVersion"),
            AllowBookmarks = Flag("allowWatchBookmarks"),
            SendInitialEvents = sendInitialEvents == true,
            Timeout = Number("timeoutSeconds") is > 0 and var seconds ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue)) : null,
        };
    }

    public ListOptions Selectors() => new() { LabelSelector = Text("labelSelector"), FieldSelector = Text("fieldSelector") };

    /// <param name="kind">The kind of the options, for errors: <c>CreateOptions</c>, <c>PatchOptions</c>, …</param>
    /// <param name="isApply">Whether this is a server-side apply: alone it may force, and it must say who applies.</param>
    /// <param name="userAgent">Names the manager of the fields when the request does not.</param>
    /// <param name="warn">Told of what the writer is warned of.</param>
    public WriteOptions Write(string kind, bool isApply, string? userAgent, Action<string> warn)
    {
        FieldValidation validation = Text("fieldValidation") switch
        {
            null or "Warn" => FieldValidation.Warn,
            "Ignore" => FieldValidation.Ignore,
            "Strict" => FieldValidation.Strict,
            var other => throw Refusal.InvalidOptions(kind, "fieldValidation", "FieldValueNotSupported",
                $"Unsupported value: \"{other}\": supported values: \"Ignore\", \"Strict\", \"Warn\""),
        };

        string? manager = Text("fieldManager");
        if (isApply && manager is null)
            throw Refusal.InvalidOptions(kind, "fieldManager", "FieldValueRequired", "Required value: is required for apply patch");
        if (!isApply && Text("force") is not null)
            throw Refusal.InvalidOptions(kind, "force", "FieldValueForbidden", "Forbidden: may not be specified for non-apply patch");

        return new WriteOptions
        {
            FieldManager = manager ?? ManagerFrom(userAgent),
            Force = isApply && Flag("force"),
            DryRun = DryRun(kind, Text("dryRun")),
            FieldValidation = validation,
            OnWarning = warn,
        };
    }

    /// <summary>The options of a delete without a body.</summary>
    public (DeleteOptions Options, bool DryRun) Delete() =>
        DeleteRequest.Make(Number("gracePeriodSeconds"), Text("propagationPolicy"), Text("orphanDependents") is null ? null : Flag("orphanDependents"), null, null, Text("dryRun"));

    public static bool DryRun(string kind, string? value) => value switch
    {
        null => false,
        "All" => true,
        _ => throw Refusal.InvalidOptions(kind, "dryRun", "FieldValueNotSupported", $"Unsupported value: \"{value}\": supported values: \"All\""),
    };

    private static string ManagerFrom(string? userAgent) =>
        string.IsNullOrEmpty(userAgent) ? "unknown" : userAgent.Split('/', 2)[0];

    private static Informers.Api.ApiException MatchForbidden(string why) =>
        Refusal.InvalidOptions("ListOptions", "resourceVersionMatch", "FieldValueForbidden", $"Forbidden: {why}");

    private static Informers.Api.ApiException MatchUnsupported(string value, string supported) =>
        Refusal.InvalidOptions("ListOptions", "resourceVersionMatch", "FieldValueNotSupported", $"Unsupported value: \"{value}\": supported values: {supported}");

    /// <summary>The first value; absent and empty are the same.</summary>
    private string? Text(string name) => query.TryGetValue(name, out var values) && values is [{ Length: > 0 } value, ..] ? value : null;

    /// <summary>As the API's own conversion has it: present and neither false nor 0 is true, with or without a value.</summary>
    private bool Flag(string name) => query.TryGetValue(name, out var values) && values is [var value, ..] && value is not ("false" or "False" or "FALSE" or "0");

    private long? Number(string name)
    {
        if (Text(name) is not { } text)
            return null;

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw Refusal.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax ({name} must be a whole number)");
    }
}
