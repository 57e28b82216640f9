namespace BuildController.Core.Model;

/// <summary>The labels and annotations of a pool that the build controller knows.</summary>
public static class PoolKeys
{
    /// <summary>Label: the pool wants its OS image built. Presence counts.</summary>
    public const string LayeringEnabled = "machineconfiguration.openshift.io/layering-enabled";

    /// <summary>
    /// Annotation: rebuild the image now. Presence counts, also with the value <c>false</c>; the value is the request's
    /// identity, so another value is another request. A label of the same key counts as the same request.
    /// </summary>
    public const string RebuildImage = "machineconfiguration.openshift.io/rebuildImage";

    /// <summary>Annotation: how many rebuilds and retries have been tried since the last success.</summary>
    public const string BuildRetries = "machineconfiguration.openshift.io/buildRetries";

    /// <summary>Annotation: the controller's durable memory, compact JSON.</summary>
    public const string BuildState = "machineconfiguration.openshift.io/buildState";

    /// <summary>Annotation: the newest image that was built, <c>repository@digest</c>.</summary>
    public const string NewestImage = "machineconfiguration.openshift.io/newestImageEquivalentConfig";
}
