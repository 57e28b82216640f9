using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BuildController.Benchmarks.Replay;

/// <summary>
/// The JSON of one pod, rendered once: pods differ as those of a few deployments on a few nodes do. All versions have as
/// many digits, so that another version is a copy with other digits.
/// </summary>
internal sealed class PodText
{
    private const int PodsOfSet = 50;
    private const int Nodes = 250;
    private const int VersionDigits = 10;

    private static readonly string[] Template = Compact().Split('$');

    private readonly byte[] json;
    private readonly int versionAt;

    public PodText(int pod)
    {
        var text = new StringBuilder(8192);
        for (int i = 0; i < Template.Length; i++)
        {
            if (i % 2 == 0)
            {
                text.Append(Template[i]);
                continue;
            }

            if (Template[i] == "version")
                versionAt = text.Length;

            text.Append(Fill(Template[i], pod));
        }

        json = Encoding.ASCII.GetBytes(text.ToString());
    }

    public int Length => json.Length;

    /// <summary>Writes the pod in one version.</summary>
    public void Write(IBufferWriter<byte> output, long version)
    {
        Span<byte> target = output.GetSpan(json.Length);
        json.CopyTo(target);
        version.TryFormat(target.Slice(versionAt, VersionDigits), out _, default, CultureInfo.InvariantCulture);
        output.Advance(json.Length);
    }

    private static string Compact()
    {
        using Stream template = typeof(PodText).Assembly.GetManifestResourceStream("pod.json")!;
        using JsonDocument document = JsonDocument.Parse(template);
        using var compact = new MemoryStream();
        var options = new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(compact, options))
            document.WriteTo(writer);

        return Encoding.UTF8.GetString(compact.ToArray());
    }

    private static string Fill(string hole, int pod)
    {
        int set = pod / PodsOfSet;
        int node = pod % Nodes;
        string app = string.Create(CultureInfo.InvariantCulture, $"app-{set:d4}");
        return hole switch
        {
            "version" => new string('0', VersionDigits),
            "app" => app,
            "hash" => Hex(set, "hash", 10),
            "suffix" => Hex(pod, "suffix", 5),
            "set" => $"{app}-{Hex(set, "hash", 10)}",
            "setuid" => Uid(set, "set"),
            "checksum" => Hex(set, "checksum", 64),
            "name" => string.Create(CultureInfo.InvariantCulture, $"{app}-{Hex(set, "hash", 10)}-{pod:x5}"),
            "uid" => Uid(pod, "pod"),
            "container" => Hex(pod, "container", 64),
            "node" => string.Create(CultureInfo.InvariantCulture, $"worker-{node:d3}.cluster.example.com"),
            "hostip" => string.Create(CultureInfo.InvariantCulture, $"10.0.{node / 200}.{node % 200}"),
            "podip" => string.Create(CultureInfo.InvariantCulture, $"10.{128 + (pod >> 16)}.{(pod >> 8) & 255}.{pod & 255}"),
            "created" => string.Create(CultureInfo.InvariantCulture, $"2026-03-02T0{pod % 10}:{pod / 10 % 60:d2}:{pod / 600 % 60:d2}Z"),
            "started" => string.Create(CultureInfo.InvariantCulture, $"2026-03-02T1{pod % 10}:{pod / 10 % 60:d2}:{pod / 600 % 60:d2}Z"),
            _ => throw new InvalidOperationException($"The template has an unknown hole '{hole}'."),
        };
    }

    private static string Uid(int number, string of) => new Guid(Convert.FromHexString(Hex(number, of, 32))).ToString();

    private static string Hex(int number, string of, int length) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{of}/{number}")))[..length];
}
