using System.Text;
using System.Text.RegularExpressions;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>
/// Reads regular expressions of the server's dialect, RE2: without look-around and back references, and with ASCII classes.
/// </summary>
internal static class GoPattern
{
    private static readonly Dictionary<string, string> Classes = new()
    {
        ["alnum"] = "0-9A-Za-z", ["alpha"] = "A-Za-z", ["ascii"] = @"\x00-\x7F", ["blank"] = @"\t ", ["cntrl"] = @"\x00-\x1F\x7F",
        ["digit"] = "0-9", ["graph"] = "!-~", ["lower"] = "a-z", ["print"] = " -~", ["punct"] = @"!-/:-@\[-`{-~", ["space"] = @"\t\n\v\f\r ",
        ["upper"] = "A-Z", ["word"] = "0-9A-Za-z_", ["xdigit"] = "0-9A-Fa-f",
    };

    /// <exception cref="ArgumentException">The pattern is malformed, or needs what RE2 does not have.</exception>
    public static Regex Parse(string pattern)
    {
        try
        {
            return new Regex(Translate(pattern), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException error)
        {
            throw new ArgumentException(error.Message, nameof(pattern), error);
        }
    }

    private static string Translate(string pattern)
    {
        var result = new StringBuilder(pattern.Length + 16);
        bool inClass = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            string rest = pattern[i..];
            if (rest[0] == '\\' && rest.Length > 1)
            {
                result.Append(Escape(rest[1], inClass));
                i++;
            }
            else if (inClass && rest.StartsWith("[:", StringComparison.Ordinal) && rest.IndexOf(":]", StringComparison.Ordinal) is > 0 and var end
                && Classes.TryGetValue(rest[2..end], out string? named))
            {
                result.Append(named);
                i += end + 1;
            }
            else
            {
                if (rest[0] == '[' && !inClass)
                    inClass = true;
                else if (rest[0] == ']' && inClass && !(pattern[i - 1] == '[' || (pattern[i - 1] == '^' && i > 1 && pattern[i - 2] == '[')))
                    inClass = false;

                // .NET's $ also stands before a line break at the end.
                result.Append(rest.StartsWith("(?P<", StringComparison.Ordinal) ? "(?<" : rest[0] == '$' && !inClass ? @"\z" : rest[..1]);
                if (rest.StartsWith("(?P<", StringComparison.Ordinal))
                    i += 3;
            }
        }

        return result.ToString();
    }

    /// <summary>.NET's classes hold the digits and letters of all scripts.</summary>
    private static string Escape(char escaped, bool inClass) => escaped switch
    {
        'd' => inClass ? "0-9" : "[0-9]",
        'w' => inClass ? "0-9A-Za-z_" : "[0-9A-Za-z_]",
        's' => inClass ? @"\t\n\f\r " : @"[\t\n\f\r ]",
        'D' when !inClass => "[^0-9]",
        'W' when !inClass => "[^0-9A-Za-z_]",
        'S' when !inClass => @"[^\t\n\f\r ]",
        _ => $"\\{escaped}",
    };
}
