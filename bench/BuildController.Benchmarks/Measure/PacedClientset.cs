using System.Globalization;
using System.Runtime.CompilerServices;
using BuildController.Benchmarks.Models;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Benchmarks.Measure;

/// <summary>Pods without a server: a list, and then one change after the other at a steady rate, each with the time it was sent at.</summary>
internal sealed class PacedClientset(int count, int rate, int events) : IClientset, IResourceClient<SlimPod>
{
    private readonly long[] sentAt = new long[events + 1];
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ResourceType<SlimPod> Type => PodTypes.Slim;

    /// <summary>Lets the changes begin.</summary>
    public void Begin() => begun.TrySetResult();

    public long SentAt(SlimPod pod) => sentAt[int.Parse(pod.ResourceVersion, CultureInfo.InvariantCulture)];

    public IResourceClient<T> Resource<T>(ResourceType<T> type)
        where T : class => (IResourceClient<T>)(object)this;

    public Task<ListMetadata> ListAsync(string? @namespace, ListOptions options, Action<SlimPod> visit, CancellationToken cancellationToken = default)
    {
        for (int pod = 0; pod < count; pod++)
            visit(PodAt(pod, "0"));

        return Task.FromResult(new ListMetadata { ResourceVersion = "0" });
    }

    public Task<IWatchStream<SlimPod>> WatchAsync(string? @namespace, WatchOptions options, CancellationToken cancellationToken = default) =>
        Task.FromResult<IWatchStream<SlimPod>>(new PacedStream(this));

    public Task<SlimPod> GetAsync(ObjectKey key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<SlimPod> CreateAsync(SlimPod value, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<SlimPod> ReplaceAsync(SlimPod value, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<SlimPod> PatchAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<SlimPod> PatchStatusAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task DeleteAsync(ObjectKey key, DeleteOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private static SlimPod PodAt(int pod, string version)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"pod-{pod}");
        return new SlimPod(new ObjectKey("bench", name), version, name, new Dictionary<string, string>(0), "Running");
    }

    private async IAsyncEnumerable<WatchEvent<SlimPod>> SendAsync([EnumeratorCancellation] CancellationToken stop = default)
    {
        await begun.Task.WaitAsync(stop);
        long start = TimeProvider.System.GetTimestamp();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        int sent = 0;
        while (sent < events && await ticks.WaitForNextTickAsync(stop))
        {
            for (int due = (int)(TimeProvider.System.GetElapsedTime(start).TotalSeconds * rate); sent < due && sent < events;)
            {
                string version = (++sent).ToString(CultureInfo.InvariantCulture);
                SlimPod changed = PodAt(sent % count, version);
                sentAt[sent] = TimeProvider.System.GetTimestamp();
                yield return WatchEvent<SlimPod>.Of(WatchEventType.Modified, changed, version);
            }
        }

        await Task.Delay(Timeout.Infinite, stop);
    }

    private sealed class PacedStream(PacedClientset source) : IWatchStream<SlimPod>
    {
        public IAsyncEnumerator<WatchEvent<SlimPod>> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
            source.SendAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
