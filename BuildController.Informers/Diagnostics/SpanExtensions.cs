using System.Diagnostics;
using BuildController.Informers.Api;

namespace BuildController.Informers.Diagnostics;

/// <summary>Begins and ends spans by the clock of a runtime, so that virtual time works in traces too.</summary>
internal static class SpanExtensions
{
    /// <summary>Begins a span below the current one and makes it the current one, until the async method that begins it returns.</summary>
    /// <returns>Null, at no cost, while nobody listens or nobody wants it.</returns>
    public static Activity? Begin(this ActivitySource source, string name, ActivityKind kind, TimeProvider time) =>
        source.HasListeners() ? source.StartActivity(name, kind, parentContext: default, startTime: time.GetUtcNow()) : null;

    /// <summary>Says of what kind the failure was. A cancellation is none, but is told.</summary>
    public static void Fail(this Activity span, Exception error)
    {
        if (error is OperationCanceledException)
        {
            span.SetTag(ActivityNames.ErrorTag, "Cancelled");
            return;
        }

        span.SetTag(ActivityNames.ErrorTag, error is ApiException failure ? failure.Reason.ToString() : error.GetType().Name);
        span.SetStatus(ActivityStatusCode.Error, error.Message);
    }

    /// <summary>Ends a span, wherever that is done.</summary>
    public static void End(this Activity span, TimeProvider time)
    {
        Activity? current = Activity.Current;
        span.SetEndTime(time.GetUtcNow().UtcDateTime);
        span.Stop();

        // A span that stops makes its parent the current one, which is right only where it is the current one itself.
        if (!ReferenceEquals(current, span))
            Activity.Current = current;
    }
}
