using System.Diagnostics;
using BuildController.Informers.Api;
using BuildController.Informers.Diagnostics;

namespace BuildController.Informers.Cache;

/// <summary>A span of a reflector: a list or a watch. There is none, at no cost, while nobody listens.</summary>
/// <remarks>
/// It is the current span only inside the methods that enter it: where a request is sent, which is then below it, and where a list is
/// taken in. What else happens while a watch is open, for minutes, is not part of it.
/// </remarks>
internal sealed class ReflectorSpan : IDisposable
{
    private readonly Activity activity;
    private readonly TimeProvider time;
    private bool hasEnded;

    private ReflectorSpan(Activity activity, TimeProvider time)
    {
        this.activity = activity;
        this.time = time;
    }

    public static ReflectorSpan? Begin(string name, GroupVersionResource resource, string? @namespace, TimeProvider time)
    {
        Activity? outer = Activity.Current;
        if (ActivityNames.Source.Begin(name, ActivityKind.Internal, time) is not { } activity)
            return null;

        Activity.Current = outer;
        activity.SetTag(ActivityNames.ResourceTag, resource.QualifiedName);
        if (!string.IsNullOrEmpty(@namespace))
            activity.SetTag(ActivityNames.NamespaceTag, @namespace);

        return new ReflectorSpan(activity, time);
    }

    /// <summary>Makes it the current span, until the async method that asks for it returns.</summary>
    public void Enter() => Activity.Current = activity;

    /// <summary>How many there were: objects or events.</summary>
    /// <param name="tag">The tag that says so.</param>
    /// <param name="count">How many.</param>
    public void Count(string tag, long count) => activity.SetTag(tag, count);

    /// <summary>It failed; what fails after its end is not its business.</summary>
    public void Fail(Exception error)
    {
        if (!hasEnded)
            activity.Fail(error);
    }

    /// <summary>The watch was given up because nothing came on it.</summary>
    public void WasSilent()
    {
        activity.SetTag(ActivityNames.ErrorTag, "Silent");
        activity.SetStatus(ActivityStatusCode.Error, "Nothing came on the watch.");
    }

    /// <summary>Ends it, the first time.</summary>
    public void Dispose()
    {
        if (!hasEnded)
            activity.End(time);

        hasEnded = true;
    }
}
