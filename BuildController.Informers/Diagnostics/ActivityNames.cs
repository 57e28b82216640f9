using System.Diagnostics;

namespace BuildController.Informers.Diagnostics;

/// <summary>
/// The names of the trace source, its spans and their tags. They are API. Names are of low cardinality: what a span is
/// about stands in its tags.
/// </summary>
public static class ActivityNames
{
    /// <summary>The source: what to give to <c>AddSource</c>.</summary>
    public const string SourceName = "BuildController.Informers";

    /// <summary>An informer lists a resource, all pages of it, or streams the list.</summary>
    public const string List = "informer.list";

    /// <summary>An informer watches: from the opening of one watch to its end.</summary>
    public const string Watch = "informer.watch";

    /// <summary>A key waits in a queue: from when it became ready until a worker took it.</summary>
    public const string QueueWait = "workqueue.wait";

    /// <summary>A reconciler works on a key. Linked to the spans in which the key was added.</summary>
    public const string Reconcile = "controller.reconcile";

    /// <summary>One request to an API server, until its answer has been read; of a watch, until it was accepted.</summary>
    public const string Request = "client.request";

    /// <summary>Tag: the plural name of a resource with its group, as <c>machineconfigpools.machineconfiguration.openshift.io</c>.</summary>
    public const string ResourceTag = "k8s.resource";

    /// <summary>Tag: a namespace.</summary>
    public const string NamespaceTag = "k8s.namespace.name";

    /// <summary>Tag: the verb of a request, as access rules name it.</summary>
    public const string VerbTag = "k8s.verb";

    /// <summary>Tag: how many objects a list brought.</summary>
    public const string ObjectsTag = "informer.objects";

    /// <summary>Tag: how many events came on a watch, bookmarks among them.</summary>
    public const string EventsTag = "informer.events";

    /// <summary>Tag: a key.</summary>
    public const string KeyTag = "workqueue.key";

    /// <summary>Tag: the name of a queue.</summary>
    public const string QueueTag = "workqueue.name";

    /// <summary>Tag: the name of a controller.</summary>
    public const string ControllerTag = "controller.name";

    /// <summary>Tag: how a reconciliation ended; the values of <see cref="MetricNames.Reconciles"/>.</summary>
    public const string ResultTag = "controller.result";

    /// <summary>Tag: the HTTP status code.</summary>
    public const string StatusCodeTag = "http.response.status_code";

    /// <summary>Tag: the HTTP method.</summary>
    public const string MethodTag = "http.request.method";

    /// <summary>Tag: the server's host and port.</summary>
    public const string ServerTag = "server.address";

    /// <summary>Tag: the kind of an error; absent where there was none.</summary>
    public const string ErrorTag = "error.type";

    /// <summary>Where spans are started. It costs nothing while nobody listens.</summary>
    internal static ActivitySource Source { get; } = new(SourceName);
}
