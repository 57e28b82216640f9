namespace BuildController.Informers.Testing;

/// <summary>Where the scale subresource of a resource finds its numbers: dotted paths with a leading dot, for example <c>.spec.replicas</c>.</summary>
/// <param name="SpecReplicas">How many are wanted; under <c>.spec</c>.</param>
/// <param name="StatusReplicas">How many there are; under <c>.status</c>.</param>
/// <param name="LabelSelector">The selector of what is counted, as text; null if the resource does not tell.</param>
public sealed record ScalePaths(string SpecReplicas, string StatusReplicas, string? LabelSelector = null);
