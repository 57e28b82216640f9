using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace BuildController.Informers.Client.Configuration;

/// <summary>
/// A mapping of a kubeconfig file that knows where it stands, so that every complaint names the file and the value. It
/// reads YAML's node tree, which needs no reflection.
/// </summary>
internal sealed class YamlReader
{
    private readonly YamlMappingNode node;
    private readonly string path;

    private YamlReader(YamlMappingNode node, string file, string path)
    {
        this.node = node;
        this.path = path;
        File = file;
    }

    /// <summary>The file that the mapping is in.</summary>
    public string File { get; }

    /// <exception cref="KubeConfigException">The file cannot be read or is no YAML mapping.</exception>
    public static YamlReader Load(string file)
    {
        try
        {
            using var text = new StreamReader(file, Encoding.UTF8);
            return Load(text, file);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KubeConfigException($"{file}: there is no such kubeconfig file; give the path of one.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"{file}: the kubeconfig file cannot be read ({error.Message.TrimEnd('.')}); check its permissions.", error);
        }
    }

    /// <exception cref="KubeConfigException">The text is no YAML mapping.</exception>
    public static YamlReader Load(TextReader text, string file)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(text);
            return stream.Documents is [{ RootNode: YamlMappingNode root }, ..]
                ? new YamlReader(root, file, string.Empty)
                : throw new KubeConfigException($"{file}: this is no kubeconfig file: expected clusters, users and contexts.");
        }
        catch (YamlException error)
        {
            throw new KubeConfigException($"{file}: line {error.Start.Line} is not valid YAML; mend the file.", error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            // The parser is not always able to say where it got lost.
            throw new KubeConfigException($"{file}: this is not valid YAML; mend the file.", error);
        }
    }

    /// <summary>The value's name with all names before it, for complaints.</summary>
    public string NameOf(string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>A complaint about a value.</summary>
    public KubeConfigException Fault(string key, string what, Exception? innerException = null) =>
        new($"{File}: {NameOf(key)} {what}", innerException);

    /// <summary>Whether there is anything under a key.</summary>
    public bool Has(string key) => Find(key) is not null and not YamlScalarNode { Value: null or "" or "null" or "~" };

    /// <summary>A text, or null if it is missing or empty.</summary>
    public string? Text(string key) => Find(key) switch
    {
        null => null,
        YamlScalarNode { Value: null or "" } => null,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "null" or "~" } => null,
        YamlScalarNode scalar => scalar.Value,
        _ => throw Fault(key, "must be a text; put a single value there."),
    };

    /// <summary>True or false, and false if it is missing.</summary>
    public bool Flag(string key) => Text(key) switch
    {
        null => false,
        { } text when bool.TryParse(text, out bool value) => value,
        { } text => throw Fault(key, $"is '{text}'; write true or false."),
    };

    /// <summary>A mapping, or null if it is missing.</summary>
    public YamlReader? Mapping(string key) => Find(key) switch
    {
        null or YamlScalarNode { Value: null or "" or "null" or "~" } => null,
        YamlMappingNode mapping => new YamlReader(mapping, File, NameOf(key)),
        _ => throw Fault(key, "must be a mapping; indent its members under it."),
    };

    /// <summary>The texts of a list; empty if it is missing.</summary>
    public IReadOnlyList<string> Texts(string key) =>
        [.. Elements(key).Select(element => element is YamlScalarNode { Value: { } text } ? text : throw Fault(key, "must be a list of texts; write one in each line."))];

    /// <summary>The mappings of a list; empty if it is missing.</summary>
    public IEnumerable<YamlReader> Mappings(string key) => Elements(key).Select((element, index) =>
        element is YamlMappingNode mapping
            ? new YamlReader(mapping, File, $"{NameOf(key)}[{(mapping.Children.TryGetValue("name", out YamlNode? name) ? name : index.ToString(System.Globalization.CultureInfo.InvariantCulture))}]")
            : throw Fault(key, "must be a list of mappings; start each with '- name:'."));

    private IEnumerable<YamlNode> Elements(string key) => Find(key) switch
    {
        null or YamlScalarNode { Value: null or "" or "null" or "~" } => [],
        YamlSequenceNode sequence => sequence.Children,
        _ => throw Fault(key, "must be a list; start each element with '-'."),
    };

    private YamlNode? Find(string key) => node.Children.TryGetValue(key, out YamlNode? found) ? found : null;
}
