using System.Globalization;
using BenchmarkDotNet.Attributes;
using BuildController.Benchmarks.Models;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using Microsoft.Extensions.Logging.Abstractions;

namespace BuildController.Benchmarks.Micro;

/// <summary>Reads and changes of a store of 50,000 objects, without and with an index.</summary>
[MemoryDiagnoser]
public class StoreBenchmarks
{
    private const int Count = 50_000;

    private readonly SlimPod[] pods = [.. Enumerable.Range(0, Count).Select(static pod => PodAt(pod))];
    private Indexer<SlimPod> indexer = null!;
    private int next;

    [Params(false, true)]
    public bool Indexed { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        indexer = new Indexer<SlimPod>(PodTypes.Slim, NullLogger.Instance);
        indexer.Update(pods, static (store, all) =>
        {
            foreach (SlimPod pod in all)
                store.Set(pod);
        });
        if (Indexed)
            indexer.AddIndex("node", static pod => [pod.Uid]);
    }

    [Benchmark]
    public object? Find() => indexer.Find(Next().Key);

    [Benchmark]
    public void Update_one() => indexer.Update(Next(), static (store, pod) => store.Set(pod));

    [Benchmark]
    public int List_by_selector() => indexer.List("bench", LabelSelector.Parse("app=none")).Count;

    private static SlimPod PodAt(int pod) => new(
        new ObjectKey("bench", string.Create(CultureInfo.InvariantCulture, $"pod-{pod}")),
        "1",
        string.Create(CultureInfo.InvariantCulture, $"worker-{pod % 250}"),
        new Dictionary<string, string>(0),
        "Running");

    private SlimPod Next() => pods[next = (next + 7919) % Count];
}
