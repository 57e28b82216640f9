namespace BuildController.Benchmarks.Replay;

/// <summary>What the canned server serves.</summary>
/// <param name="Port">The port on loopback; 0 for any.</param>
/// <param name="Count">How many pods there are.</param>
/// <param name="Events">How many changes a watch from the list's version streams.</param>
/// <param name="Rate">Changes a second; 0 for as fast as they are read.</param>
/// <param name="Expire">Whether the watch that has streamed all changes ends once with 410, so that a client lists again.</param>
internal sealed record ReplayOptions(int Port, int Count, int Events, int Rate, bool Expire);
