using System.Buffers;
using System.Globalization;
using System.Text;

namespace BuildController.Benchmarks.Replay;

/// <summary>
/// What a cluster would hold at each version. The first list is of <see cref="FirstVersion"/>; each version after it is the
/// change of one pod, all pods in turn.
/// </summary>
internal sealed class ReplayData(ReplayOptions options)
{
    public const long FirstVersion = 1_000_000_000;

    private readonly PodText[] pods = [.. Enumerable.Range(0, options.Count).AsParallel().AsOrdered().Select(static pod => new PodText(pod))];

    public int Count => pods.Length;

    public long LastVersion => FirstVersion + options.Events;

    public int PodLength => pods.Length == 0 ? 0 : pods[0].Length;

    /// <summary>The start of a list, up to its items.</summary>
    public static void WriteListHead(IBufferWriter<byte> output, long version, int next, int remaining)
    {
        string more = remaining > 0 ? string.Create(CultureInfo.InvariantCulture, $",\"continue\":\"{version}.{next}\",\"remainingItemCount\":{remaining}") : string.Empty;
        Write(output, string.Create(CultureInfo.InvariantCulture, $"{{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{{\"resourceVersion\":\"{version}\"{more}}},\"items\":["));
    }

    /// <summary>One item of a list as it is at a version.</summary>
    public void WriteItem(IBufferWriter<byte> output, int pod, long listVersion)
    {
        long changes = listVersion - FirstVersion;
        long rounds = changes / Count;
        long last = (rounds * Count) + pod + 1;
        if (last > changes)
            last -= Count;

        pods[pod].Write(output, FirstVersion + last);
    }

    /// <summary>The line of the change that made a version.</summary>
    public void WriteEvent(IBufferWriter<byte> output, long version)
    {
        output.Write("{\"type\":\"MODIFIED\",\"object\":"u8);
        pods[(version - FirstVersion - 1) % Count].Write(output, version);
        output.Write("}\n"u8);
    }

    public static void WriteBookmark(IBufferWriter<byte> output, long version) => Write(
        output,
        string.Create(CultureInfo.InvariantCulture, $"{{\"type\":\"BOOKMARK\",\"object\":{{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{{\"resourceVersion\":\"{version}\"}}}}}}\n"));

    public static void WriteExpired(IBufferWriter<byte> output) => output.Write(
        "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"too old resource version\",\"reason\":\"Expired\",\"code\":410}}\n"u8);

    private static void Write(IBufferWriter<byte> output, string text) => Encoding.ASCII.GetBytes(text, output);
}
