namespace BuildController.Host.Demo;

/// <summary>A step of the tour came out otherwise than expected.</summary>
internal sealed class StepFailedException(string message) : Exception(message)
{
    public static void Unless(bool expected, string otherwise)
    {
        if (!expected)
            throw new StepFailedException(otherwise);
    }
}
