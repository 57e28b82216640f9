using System.Globalization;
using System.Reflection;
using System.Text;

namespace BuildController.Host.Manifests;

/// <summary>Writes what has to be applied to a cluster for the worker to run there: YAML documents, in an order in which they can be applied.</summary>
internal static class ManifestText
{
    /// <summary>Longer than the worker's own bound, for what comes before and after it.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    public static string Write(ManifestSettings settings)
    {
        var text = new StringBuilder();
        if (settings.WithDefinitions)
            text.Append(Read("crds.yaml")).Append("---\n");

        if (settings.WithNamespace)
            text.Append(Read("namespace.yaml")).Append("---\n");

        text.Append(Read("worker.yaml"));
        if (settings.WithMonitoring)
            text.Append("---\n").Append(Read("monitoring.yaml"));

        return text
            .Replace("{{namespace}}", settings.Namespace)
            .Replace("{{lease}}", settings.Lease)
            .Replace("{{image}}", settings.Image)
            .Replace("{{replicas}}", settings.Replicas.ToString(CultureInfo.InvariantCulture))
            .Replace("{{grace}}", Math.Ceiling((settings.ShutdownTimeout + Slack).TotalSeconds).ToString(CultureInfo.InvariantCulture))
            .Replace("{{args}}\n", string.Concat(Arguments(settings).Select(static argument => $"            - {Quoted(argument)}\n")))
            .ToString();
    }

    private static IEnumerable<string> Arguments(ManifestSettings settings) =>
        [$"--namespace={settings.Namespace}", "--metrics-address=*:8080", "--log-format=json", .. settings.Arguments];

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
