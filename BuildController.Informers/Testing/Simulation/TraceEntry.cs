using System.Globalization;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>One thing that happened.</summary>
/// <param name="At">When, since the beginning.</param>
/// <param name="Who">Whose doing it was: a process, <c>user</c> or <c>world</c>.</param>
/// <param name="What">What happened.</param>
public readonly record struct TraceEntry(TimeSpan At, string Who, string What)
{
    /// <summary>Seconds, who and what, in columns.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.TotalSeconds,10:0.000}  {Who,-16} {What}");
}
