namespace BuildController.Informers.Testing.Faults;

/// <summary>Faults at places that were chosen: by a test, or because they once made a run fail.</summary>
/// <param name="script">Client and number of the request, and what goes wrong there.</param>
public sealed class ScriptedFaults(IEnumerable<KeyValuePair<(string Client, int Number), Fault>> script) : IFaultPlan
{
    private readonly Dictionary<(string Client, int Number), Fault> script = new(script);

    /// <summary>No faults.</summary>
    public static ScriptedFaults None { get; } = new([]);

    /// <summary>One fault.</summary>
    public static ScriptedFaults One(string client, int number, Fault fault) => new([new((client, number), fault)]);

    /// <inheritdoc/>
    public Fault? At(FaultPoint point) => script.GetValueOrDefault((point.Client, point.Number));
}
