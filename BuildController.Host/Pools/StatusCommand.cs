using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Host.Commands;
using BuildController.Host.Server.Tables;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Host.Pools;

/// <summary>Tells how far the images of pools are.</summary>
internal static class StatusCommand
{
    private const int LongestError = 80;

    private static readonly JsonWriterOptions Legible = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="pool">Which pool; null for all.</param>
    /// <param name="format">How to print.</param>
    /// <param name="clientset">The cluster.</param>
    /// <param name="time">The clock of ages.</param>
    /// <param name="output">Where to print.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="UsageException">There is no such pool.</exception>
    public static async Task RunAsync(string? pool, OutputFormat format, IClientset clientset, TimeProvider time, TextWriter output, CancellationToken cancellationToken)
    {
        IResourceClient<MachineConfigPool> pools = clientset.Resource(Resources.MachineConfigPools);
        var found = new List<PoolSummary>();
        await pools.ListAsync(@namespace: null, new ListOptions(), one => found.Add(PoolSummary.Of(one)), cancellationToken);
        found.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        if (pool is null)
        {
            await output.WriteAsync(format == OutputFormat.Table ? Table(found, time.GetUtcNow()) : Structured(new JsonArray([.. found.Select(static one => one.ToJson())]), format));
            return;
        }

        PoolSummary summary = found.Find(one => one.Name == pool)
            ?? throw new UsageException(found.Count == 0 ? $"there is no pool '{pool}', and no other either." : $"there is no pool '{pool}': there are {string.Join(", ", found.Select(static one => one.Name))}.");
        await output.WriteAsync(format == OutputFormat.Table ? Table([summary], time.GetUtcNow()) : Structured(summary.ToJson(), format));
    }

    private static string Structured(JsonNode json, OutputFormat format)
    {
        if (format == OutputFormat.Yaml)
            return JsonToYaml.Convert(json);

        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Legible))
            json.WriteTo(writer);

        return Encoding.UTF8.GetString(text.ToArray()) + "\n";
    }

    private static string Table(IReadOnlyList<PoolSummary> pools, DateTimeOffset now) => PlainTable.Write(
        ["POOL", "PHASE", "IMAGE", "ATTEMPTS", "LAST ERROR", "AGE"],
        pools.Select(one => (IReadOnlyList<string>)
        [
            one.Name,
            one.Phase.ToString(),
            one.Image ?? "<none>",
            one.Attempts.ToString(CultureInfo.InvariantCulture),
            one.LastError is { } error ? Shorten(error.ReplaceLineEndings(" ")) : "<none>",
            one.Since is { } since ? HumanDuration.Format(now - since) : "<unknown>",
        ]));

    private static string Shorten(string text) => text.Length <= LongestError ? text : $"{text.AsSpan(0, LongestError - 1)}…";
}
