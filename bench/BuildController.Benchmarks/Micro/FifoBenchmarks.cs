using BenchmarkDotNet.Attributes;
using BuildController.Benchmarks.Models;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;

namespace BuildController.Benchmarks.Micro;

/// <summary>A batch of deltas through the FIFO.</summary>
[MemoryDiagnoser]
public class FifoBenchmarks
{
    private const int Batch = 512;

    private readonly DeltaFifo<SlimPod> queue = new();
    private readonly List<Delta<SlimPod>> batch = new(Batch);
    private readonly SlimPod pod = new(new ObjectKey("bench", "pod"), "1", "uid", new Dictionary<string, string>(0), "Running");

    [Benchmark(OperationsPerInvoke = Batch)]
    public async Task Add_and_pop()
    {
        for (int i = 0; i < Batch; i++)
            await queue.AddAsync(Delta<SlimPod>.Upserted(pod, "1"), CancellationToken.None);

        await queue.WaitAsync();
        queue.PopBatch(batch);
        batch.Clear();
    }
}
