namespace BuildController.Informers.Events;

/// <summary>
/// How long the texts of an event may be. The numbers are those that API servers hold events of events.k8s.io to
/// (pkg/apis/core/validation); through core/v1 they let longer ones pass, but who reads events need not.
/// </summary>
internal static class EventText
{
    public const int LongestName = 253;
    public const int LongestReason = 128;
    public const int LongestMessage = 1024;

    /// <summary>The beginning of a text, with no character cut in half.</summary>
    public static string Cut(string text, int longest)
    {
        if (text.Length <= longest)
            return text;

        return char.IsHighSurrogate(text[longest - 1]) ? text[..(longest - 1)] : text[..longest];
    }

    /// <summary>The beginning of a message, and a sign that there was more.</summary>
    public static string Shorten(string message) =>
        message.Length <= LongestMessage ? message : Cut(message, LongestMessage - 1) + "…";
}
