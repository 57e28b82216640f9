namespace BuildController.Benchmarks.Models;

internal sealed record Volume(string? Name, ConfigMapSource? ConfigMap, ProjectedSource? Projected);

internal sealed record ConfigMapSource(string? Name, int? DefaultMode, IReadOnlyList<KeyToPath> Items);

internal sealed record KeyToPath(string? Key, string? Path);

internal sealed record ProjectedSource(IReadOnlyList<ProjectedItem> Sources, int? DefaultMode);

internal sealed record ProjectedItem(TokenSource? Token, ConfigMapSource? ConfigMap);

internal sealed record TokenSource(long? ExpirationSeconds, string? Path);
