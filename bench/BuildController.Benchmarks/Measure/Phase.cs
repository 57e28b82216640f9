using System.Globalization;

namespace BuildController.Benchmarks.Measure;

/// <summary>Wall time and this process's processor time from one moment on.</summary>
internal readonly struct Phase
{
    private readonly long start;
    private readonly TimeSpan cpu;

    private Phase(long start, TimeSpan cpu) => (this.start, this.cpu) = (start, cpu);

    public static Phase Begin() => new(TimeProvider.System.GetTimestamp(), Environment.CpuUsage.TotalTime);

    public PhaseCost End() => new(TimeProvider.System.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
}

/// <summary>What a phase took, in seconds.</summary>
internal readonly record struct PhaseCost(double Wall, double Cpu)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"wall_s={Wall:0.00} cpu_s={Cpu:0.00}");
}
