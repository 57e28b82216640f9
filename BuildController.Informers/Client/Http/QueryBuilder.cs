using System.Globalization;
using System.Text;

namespace BuildController.Informers.Client.Http;

/// <summary>Writes the options of a request as a URL's query; what is null, empty or 0 is left out.</summary>
internal sealed class QueryBuilder
{
    private readonly StringBuilder text = new();

    public static string Of(ListOptions options) => new QueryBuilder()
        .Add("labelSelector", options.LabelSelector)
        .Add("fieldSelector", options.FieldSelector)
        .Add("resourceVersion", options.ResourceVersion)
        .Add("limit", options.Limit)
        .Add("continue", options.Continue)
        .ToString();

    public static string Of(WatchOptions options) => new QueryBuilder()
        .Add("watch", true)
        .Add("labelSelector", options.LabelSelector)
        .Add("fieldSelector", options.FieldSelector)
        .Add("resourceVersion", options.ResourceVersion)
        .Add("allowWatchBookmarks", options.AllowBookmarks)
        .Add("sendInitialEvents", options.SendInitialEvents)
        .Add("resourceVersionMatch", options.SendInitialEvents ? "NotOlderThan" : null)
        .Add("timeoutSeconds", options.Timeout is { } timeout ? (long)Math.Ceiling(timeout.TotalSeconds) : 0)
        .ToString();

    public static string Of(Patch patch) => new QueryBuilder()
        .Add("fieldManager", patch.FieldManager)
        .Add("force", patch.Force)
        .ToString();

    public QueryBuilder Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));

        return this;
    }

    public QueryBuilder Add(string name, bool value) => Add(name, value ? "true" : null);

    public QueryBuilder Add(string name, long value) => Add(name, value > 0 ? value.ToString(CultureInfo.InvariantCulture) : null);

    public override string ToString() => text.ToString();
}
