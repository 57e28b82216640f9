namespace BuildController.Informers.Testing.Faults;

/// <summary>
/// Says what goes wrong where. Asked once for each request, before it is sent, possibly from several threads at once.
/// </summary>
public interface IFaultPlan
{
    /// <summary>What goes wrong at a request; null for nothing. What does not fit the request is left out.</summary>
    Fault? At(FaultPoint point);
}
