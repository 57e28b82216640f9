namespace BuildController.Informers.Cache;

/// <summary>Which objects of a resource an informer copies. Two informers of one type and scope are one.</summary>
internal readonly record struct InformerScope(string? Namespace, string? LabelSelector, string? FieldSelector);
