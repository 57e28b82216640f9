using System.Globalization;

namespace BuildController.Benchmarks.Measure;

/// <summary>The most memory that was resident in this process, as the kernel counts it (Linux).</summary>
internal static class PeakMemory
{
    /// <summary>The peak since the start or the last <see cref="Forget"/>, in MiB.</summary>
    public static double ResidentMib()
    {
        string line = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Counts anew from what is resident now (proc(5), clear_refs).</summary>
    public static void Forget() => File.WriteAllText("/proc/self/clear_refs", "5");
}
