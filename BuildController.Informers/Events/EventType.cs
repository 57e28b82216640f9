namespace BuildController.Informers.Events;

/// <summary>Whether an event asks for attention. The API knows these two.</summary>
public enum EventType
{
    /// <summary>Things go as they should.</summary>
    Normal,

    /// <summary>Somebody should look.</summary>
    Warning,
}
