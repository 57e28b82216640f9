namespace BuildController.Informers.Control;

/// <summary>
/// Thrown by a reconciler for an error that no retry mends: the controller logs it and leaves the key until the next event.
/// </summary>
public class TerminalErrorException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong and what would mend it.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public TerminalErrorException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
