namespace BuildController.Core.Model;

/// <summary>The labels on every object that a build creates. An object is ours if it has the first three.</summary>
public static class BuildLabels
{
    /// <summary>Marks an object of a build; its value is empty.</summary>
    public const string BuildPod = "machineconfiguration.openshift.io/buildPod";

    /// <summary>The pool that the build is for.</summary>
    public const string TargetPool = "machineconfiguration.openshift.io/targetMachineConfigPool";

    /// <summary>The rendered config that the build is of.</summary>
    public const string DesiredConfig = "machineconfiguration.openshift.io/desiredConfig";

    /// <summary>The attempt that the object belongs to: what tells it from a leftover of the same name.</summary>
    public const string BuildAttempt = "machineconfiguration.openshift.io/buildAttempt";

    /// <summary>Annotation on the same objects, empty.</summary>
    public const string PoolAnnotation = "machineconfiguration.openshift.io/pool";

    /// <summary>The most characters that the API allows in a label's value.</summary>
    internal const int LongestValue = 63;

    /// <summary>Whether an object with these labels was made by a build.</summary>
    public static bool AreOurs(IReadOnlyDictionary<string, string> labels) =>
        labels.ContainsKey(BuildPod) && labels.ContainsKey(TargetPool) && labels.ContainsKey(DesiredConfig);
}
