using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BuildController.Benchmarks.Models;
using BuildController.Benchmarks.Replay;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Client.Http;

namespace BuildController.Benchmarks.Micro;

/// <summary>One line of a watch, beside what a bare reader takes for it.</summary>
[MemoryDiagnoser]
public class DecodeBenchmarks
{
    private const int Pods = 512;

    private readonly byte[][] lines = new byte[Pods][];
    private int next;

    [GlobalSetup]
    public void Render()
    {
        for (int pod = 0; pod < Pods; pod++)
        {
            var line = new ArrayBufferWriter<byte>();
            line.Write("{\"type\":\"MODIFIED\",\"object\":"u8);
            new PodText(pod).Write(line, ReplayData.FirstVersion + pod);
            line.Write("}"u8);
            lines[pod] = line.WrittenSpan.ToArray();
        }
    }

    [Benchmark(Baseline = true)]
    public long Bare_reader()
    {
        var reader = new Utf8JsonReader(Next());
        while (reader.Read())
        {
        }

        return reader.BytesConsumed;
    }

    [Benchmark]
    public object? Whole_pod() => WatchLineDecoder.Decode(Next(), PodTypes.Full).Object;

    [Benchmark]
    public object? Slim_pod() => WatchLineDecoder.Decode(Next(), PodTypes.Slim).Object;

    [Benchmark]
    public object? Metadata() => WatchLineDecoder.Decode(Next(), PodTypes.Metadata).Object;

    [Benchmark]
    public object? Metadata_by_serializer() => WatchLineDecoder.Decode(Next(), Resources.ConfigMaps).Object;

    private ReadOnlySpan<byte> Next() => lines[next++ & (Pods - 1)];
}
