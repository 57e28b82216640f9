using System.Diagnostics;
using BuildController.Informers.Diagnostics;

namespace BuildController.Informers.Client.Http;

/// <summary>Begins the span of a request, and tells the server of it.</summary>
internal static class RequestSpan
{
    /// <returns>Null, at no cost, while nobody listens.</returns>
    public static Activity? Begin(ApiTransport transport, ApiRequest request)
    {
        Activity? span = ActivityNames.Source.Begin(ActivityNames.Request, ActivityKind.Client, transport.Runtime.Time);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(ActivityNames.VerbTag, request.Verb.Name());
            span.SetTag(ActivityNames.ResourceTag, request.Type.Resource.QualifiedName);
            span.SetTag(ActivityNames.MethodTag, request.Method.Method);
            span.SetTag(ActivityNames.ServerTag, transport.Host);
        }

        return span;
    }

    /// <summary>
    /// Writes the headers that name the span, in the form that the process chose. Left to itself .NET's handler would name a span of
    /// its own below this one, which is lost where nobody listens to System.Net.Http: the server's would hang in the air. It leaves alone
    /// what is written here, and writes its own where there is no span of ours.
    /// </summary>
    public static void Propagate(Activity? span, HttpRequestMessage message)
    {
        if (span is not null)
            DistributedContextPropagator.Current.Inject(span, message, static (message, name, value) => ((HttpRequestMessage)message!).Headers.TryAddWithoutValidation(name, value));
    }
}
