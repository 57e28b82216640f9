namespace BuildController.Informers.Events;

/// <summary>What became of an event that a recorder was given.</summary>
internal enum EventOutcome
{
    /// <summary>It is on the server.</summary>
    Written,

    /// <summary>Too many waited.</summary>
    Full,

    /// <summary>There were too many about its object.</summary>
    Spam,

    /// <summary>It cannot be written: the server, the client or the recorder refused it, and would again.</summary>
    Refused,

    /// <summary>The server did not answer often enough.</summary>
    GaveUp,

    /// <summary>The recorder stopped first.</summary>
    Stopped,
}
