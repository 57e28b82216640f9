using System.Text.RegularExpressions;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>The rules for names, label keys and label values. Each check gives the server's complaints, none if there are none.</summary>
internal static partial class Names
{
    private const string SubdomainForm = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private const string LabelForm = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private const string Dns1035Form = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
    private const string NamePartForm = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    private const string QualifiedForm = "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
    private const string LabelValueForm = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
    private const string ConfigKeyForm = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    public static IEnumerable<string> CheckSubdomain(string name) => Check(name, 253, Subdomain(), SubdomainForm);

    public static IEnumerable<string> CheckLabel(string name) => Check(name, 63, Label(), LabelForm);

    /// <summary>The stricter labels of DNS, which versions, kinds and plural names are.</summary>
    public static IEnumerable<string> CheckDns1035(string name) => Check(name, 63, Dns1035(), Dns1035Form);

    public static IEnumerable<string> CheckLabelValue(string value) => Check(value, 63, LabelValue(), LabelValueForm);

    public static IEnumerable<string> CheckConfigKey(string key) =>
        key is "." or ".." || key.StartsWith("..", StringComparison.Ordinal)
            ? [key is "." or ".." ? $"must not be '{key}'" : "must not start with '..'"]
            : Check(key, 253, ConfigKey(), ConfigKeyForm);

    /// <summary>The form of label keys, annotation keys and finalizers: <c>name</c> or <c>domain/name</c>.</summary>
    public static IEnumerable<string> CheckQualified(string key)
    {
        string[] parts = key.Split('/');
        if (parts.Length > 2)
            return [QualifiedForm];

        string name = parts[^1];
        IEnumerable<string> prefix = parts.Length == 1 ? []
            : parts[0].Length == 0 ? ["prefix part must be non-empty"]
            : CheckSubdomain(parts[0]).Select(static complaint => "prefix part " + complaint);
        return prefix.Concat(name.Length == 0
            ? ["name part must be non-empty", NamePartForm]
            : Check(name, 63, NamePart(), NamePartForm, "name part "));
    }

    private static IEnumerable<string> Check(string text, int longest, Regex form, string complaint, string prefix = "")
    {
        if (text.Length > longest)
            yield return $"{prefix}must be no more than {longest} characters";

        if (!form.IsMatch(text))
            yield return complaint;
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"^[a-z]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Dns1035();

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    private static partial Regex NamePart();

    [GeneratedRegex(@"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\z")]
    private static partial Regex LabelValue();

    [GeneratedRegex(@"^[-._a-zA-Z0-9]+\z")]
    private static partial Regex ConfigKey();
}
