using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildController.Host.Configuration;

/// <summary>The kinds of values that settings have.</summary>
internal static partial class SettingKinds
{
    public static SettingKind<string> Namespace { get; } = new(
        "namespace", "name", "lower-case letters, digits and '-', 63 at most", (string text, [MaybeNullWhen(false)] out string value) => (value = text) is not null && LabelName().IsMatch(text), static value => value);

    /// <summary>The same, where another setting's value stands in for none.</summary>
    public static SettingKind<string?> OptionalNamespace { get; } = Optional(Namespace);

    public static SettingKind<string> LeaseName { get; } = new(
        "name of a lease", "name", "lower-case letters, digits, '-' and '.', 253 at most",
        (string text, [MaybeNullWhen(false)] out string value) => (value = text).Length <= 253 && SubdomainName().IsMatch(text), static value => value);

    public static SettingKind<string?> Path { get; } = Optional(NotEmpty("path", "path", "the path of a file"));

    public static SettingKind<string?> ContextName { get; } = Optional(NotEmpty("name of a context", "name", "a context of the kubeconfig"));

    public static SettingKind<string> Image { get; } = new(
        "image", "image", "a registry, a repository, and a tag or a digest, as 'quay.io/buildah/stable:latest'",
        (string text, [MaybeNullWhen(false)] out string value) => (value = text) is not null && ImageName().IsMatch(text), static value => value);

    public static SettingKind<bool> Switch { get; } = new("switch", "true|false", "true or false", bool.TryParse, static value => value ? "true" : "false");

    public static SettingKind<Uri?> Server { get; } = Url("URL", "http:// or https://, a host and perhaps a port");

    public static SettingKind<Uri?> Endpoint { get; } = Url("endpoint", "http:// or https://, a host and a port, as 'http://collector:4317'");

    public static SettingKind<ListenAddress?> Address { get; } = new(
        "address to listen on", "host:port", "an IP address, 'localhost' or '*' for all, a colon and a port from 0 to 65535, or 'off'",
        ListenAddress.TryParse, static value => value?.ToString() ?? "off");

    public static SettingKind<int> Number(string noun, int least, int most) => new(
        noun, "number", string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"),
        (string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most,
        static value => value.ToString(CultureInfo.InvariantCulture));

    public static SettingKind<TimeSpan> Duration(TimeSpan least, TimeSpan most) => new(
        "duration", "duration", $"numbers with ms, s, m or h, as '90s' or '1h30m', from {DurationText.Write(least)} to {DurationText.Write(most)}",
        (string text, out TimeSpan value) => DurationText.TryParse(text, out value) && value >= least && value <= most,
        DurationText.Write);

    /// <summary>The same, where nothing is a value too: what then holds depends on something else.</summary>
    public static SettingKind<T?> OrUnset<T>(SettingKind<T> kind)
        where T : struct => new(
            kind.Noun, kind.HelpName, kind.Allowed,
            (string text, out T? value) =>
            {
                bool isOne = kind.TryParse(text, out T parsed);
                value = parsed;
                return isOne;
            },
            value => value is { } known ? kind.Write(known) : string.Empty);

    /// <summary>One of a few words.</summary>
    public static SettingKind<T> Choice<T>(string noun, params IReadOnlyList<(string Word, T Value)> choices)
    {
        string words = string.Join(", ", choices.SkipLast(1).Select(static choice => choice.Word)) + $" or {choices[^1].Word}";
        return new SettingKind<T>(
            noun, string.Join('|', choices.Select(static choice => choice.Word)), words,
            (string text, [MaybeNullWhen(false)] out T value) =>
            {
                foreach ((string word, T meant) in choices)
                {
                    if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
                    {
                        value = meant;
                        return true;
                    }
                }

                value = default;
                return false;
            },
            value => choices.First(choice => Equals(choice.Value, value)).Word);
    }

    private static SettingKind<string> NotEmpty(string noun, string helpName, string allowed) => new(
        noun, helpName, allowed, (string text, [MaybeNullWhen(false)] out string value) => !string.IsNullOrWhiteSpace(value = text), static value => value);

    private static SettingKind<string?> Optional(SettingKind<string> kind) => new(
        kind.Noun, kind.HelpName, kind.Allowed, (string text, out string? value) => kind.TryParse(text, out value), static value => value ?? "none");

    private static SettingKind<Uri?> Url(string noun, string allowed) => new(
        noun, "url", allowed,
        static (string text, out Uri? value) => Uri.TryCreate(text, UriKind.Absolute, out value) && value.Scheme is "http" or "https" && value.UserInfo.Length == 0,
        static value => value?.ToString() ?? "none");

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\z")]
    private static partial Regex LabelName();

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\\z")]
    private static partial Regex SubdomainName();

    [GeneratedRegex("^[a-zA-Z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?\\z")]
    private static partial Regex ImageName();
}
