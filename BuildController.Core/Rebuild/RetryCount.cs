using System.Globalization;

namespace BuildController.Core.Rebuild;

/// <summary>Reads the retry counter: a non-negative decimal number, at most nine digits.</summary>
internal static class RetryCount
{
    public static bool TryRead(string text, out int count)
    {
        count = 0;
        return text.Length is > 0 and <= 9
            && text.All(char.IsAsciiDigit)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }

    public static string Write(int count) => count.ToString(CultureInfo.InvariantCulture);
}
