namespace BuildController.Informers.Client.Configuration;

/// <summary>A configuration cannot be used. The message is one line that names the file, the value at fault and what to do, and holds no secret.</summary>
public sealed class KubeConfigException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">The message; line breaks are replaced.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public KubeConfigException(string message, Exception? innerException = null)
        : base(message.ReplaceLineEndings(" "), innerException)
    {
    }
}
