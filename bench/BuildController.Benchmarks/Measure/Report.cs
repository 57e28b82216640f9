using System.Globalization;

namespace BuildController.Benchmarks.Measure;

/// <summary>The lines that are printed.</summary>
internal static class Report
{
    private const double Mib = 1024 * 1024;

    public static void List(string who, int objects, PhaseCost cost) => Line($"{who} list: objects={objects} {cost}");

    public static void Relist(string who, int objects, PhaseCost cost) => Line($"{who} relist: objects={objects} {cost}");

    public static void Watch(string who, int events, PhaseCost cost, bool synced) =>
        Line($"{who} watch: events={events} {cost} events_per_cpu_s={events / Math.Max(cost.Cpu, 0.001):0} synced={(synced ? "true" : "false")}");

    /// <param name="who">Who was measured.</param>
    /// <param name="baseline">The heap before there was anything.</param>
    /// <param name="objects">How many objects the heap holds.</param>
    /// <param name="peak">The most memory that was resident, in MiB.</param>
    public static void Memory(string who, long baseline, int objects, double peak)
    {
        long heap = SettledHeap();
        Line($"{who} memory: heap_mib={heap / Mib:0.0} bytes_per_object={(double)(heap - baseline) / Math.Max(objects, 1):0} peak_rss_mib={peak:0.0}");
    }

    /// <summary>What a run at full speed held besides the lists; not one of the lines that are compared.</summary>
    public static void WatchPeak(string who, double peak) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{who} watch at full speed: peak_rss_mib={peak:0.0}"));

    /// <summary>The bytes that are still reachable, and what the collector cannot give back of their surroundings.</summary>
    public static long SettledHeap()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: false);
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
