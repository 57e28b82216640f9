using System.Text.Json;
using BuildController.Host.Server.Faults;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Informers.Testing.Faults;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server.Faults;

/// <summary>
/// An informer over a wire on which everything goes wrong that can, while somebody whom nothing befalls but restarts writes. Its
/// copy comes to equal the store, and stays so.
/// </summary>
[TestFixture]
[CancelAfter(120_000)]
[Parallelizable(ParallelScope.Children)]
public sealed class SeededRunTests
{
    private const int Writes = 2_000;
    private const int WritesInARow = 500;
    private const int Objects = 50;

    private static readonly FaultProfile Profile = FaultProfile.Everything with { MaxTime = TimeSpan.FromMilliseconds(150), RequestRate = 0.3, WatchRate = 0.9 };

    private static readonly ReflectorOptions InAHurry = new()
    {
        InitialBackoff = TimeSpan.FromMilliseconds(5),
        MaxBackoff = TimeSpan.FromMilliseconds(20),
        WatchIdleTimeout = TimeSpan.FromMilliseconds(200),
        WatchListTimeout = TimeSpan.FromMilliseconds(200),
        PageSize = 20,
    };

    private static CancellationToken Cancellation => TestContext.CurrentContext.CancellationToken;

    [Test]
    public async Task Every_copy_comes_to_equal_the_store([Values(1, 2, 3)] int seed, [Values("1.1", "2.0")] string http)
    {
        var cluster = new InMemoryCluster(options: new InMemoryClusterOptions { BookmarkInterval = TimeSpan.FromMilliseconds(50) });
        var faults = new SeededFaults(seed, Profile);
        await using FaultyServer server = await FaultyServer.StartAsync(new FaultsExcept(new PlanOf(point => Bounded(faults.At(point))), "writer"), cluster);
        await using var one = new Copy(server.Clientset("one", http), InAHurry);
        await using var two = new Copy(server.Clientset("two", http), InAHurry);
        await using var streamed = new Copy(server.Clientset("streamed", http), InAHurry with { UseWatchList = true });
        var writer = new Writer(server.Client("writer"), seed);

        for (int i = 0; i < Writes; i += WritesInARow)
        {
            await writer.WriteAsync(WritesInARow);
            string[] stored = [.. (await writer.ListAsync()).Select(Version)];
            foreach (Copy copy in new[] { one, two, streamed })
                await copy.ShouldComeToAsync(stored, server.NewestVersion);

            // Else a watch that nothing more befalls would last, and the run go on in peace.
            cluster.Restart(TimeSpan.Zero, keepsHistory: true);
        }
    }

    /// <summary>Each of many events is late: together they must not take all day.</summary>
    private static Fault? Bounded(Fault? fault) => fault is { Kind: FaultKind.WatchDelayed } ? fault with { Time = TimeSpan.FromMilliseconds(1) } : fault;

    private static string Version(UnstructuredObject map) => $"{map.Metadata.Name}@{map.Metadata.ResourceVersion}";

    private static string Version(PartialObject map) => $"{map.Metadata.Name}@{map.Metadata.ResourceVersion}";

    /// <summary>Creates, changes and deletes, each as soon as the one before is done; a restart interrupts it and no more.</summary>
    private sealed class Writer(IResourceClient<UnstructuredObject> client, int seed)
    {
        private readonly Random random = new(seed);
        private readonly HashSet<int> present = [];

        public async Task WriteAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                int which = random.Next(Objects);
                string name = $"m{which:00}";
                if (present.Add(which))
                    await PersistAsync(() => client.CreateAsync(New(name), Cancellation));
                else if (random.Next(5) > 0)
                    await PersistAsync(() => client.PatchAsync(FaultyServer.Key(name), FaultyServer.LabelPatch($"v{random.Next()}"), Cancellation));
                else if (present.Remove(which))
                    await PersistAsync(() => client.DeleteAsync(FaultyServer.Key(name), null, Cancellation));
            }
        }

        public async Task<IReadOnlyList<UnstructuredObject>> ListAsync()
        {
            IReadOnlyList<UnstructuredObject> items = [];
            await PersistAsync(async () => items = (await client.ListAsync("default", cancellationToken: Cancellation)).Items);
            return items;
        }

        /// <summary>What was lost may have been applied all the same: then its repetition says so.</summary>
        private static async Task PersistAsync(Func<Task> call)
        {
            while (true)
            {
                try
                {
                    await call();
                    return;
                }
                catch (ApiException error) when (error.IsNotFound || error.IsAlreadyExists)
                {
                    return;
                }
                catch (ApiException error) when (error.Reason is ApiErrorReason.ConnectionLost or ApiErrorReason.ConnectionRefused)
                {
                    await Task.Yield();
                }
            }
        }

        private static UnstructuredObject New(string name) => new(JsonElement.Parse(
            $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{name}}","namespace":"default"} }"""));
    }

    /// <summary>An informer's copy, and a second one made of what its handler is told.</summary>
    private sealed class Copy : IAsyncDisposable
    {
        private readonly SharedInformerFactory informers;
        private readonly ISharedInformer<PartialObject> informer;
        private readonly Mirror mirror = new();

        public Copy(HttpClientset clientset, ReflectorOptions options)
        {
            informers = new SharedInformerFactory(clientset, new SharedInformerFactoryOptions { Reflector = options }, OperatorRuntime.Default);
            informer = informers.For(FaultyServer.Partial);
            informer.AddHandler(mirror);
            informers.Start();
        }

        public async Task ShouldComeToAsync(string[] stored, string version)
        {
            await informer.WaitForAsync(version, Cancellation);
            informer.Indexer.List().Select(Version).Order(StringComparer.Ordinal).Should().Equal(stored);
            await mirror.WaitForAsync(stored, Cancellation);
            mirror.Contradictions.Should().BeEmpty();
        }

        public ValueTask DisposeAsync() => informers.DisposeAsync();
    }

    /// <summary>A copy made of what handlers are told alone. It finds fault with what cannot be.</summary>
    private sealed class Mirror : IResourceEventHandler<PartialObject>
    {
        private readonly Lock gate = new();
        private readonly SortedDictionary<string, PartialObject> copy = new(StringComparer.Ordinal);
        private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Contradictions { get; } = [];

        public void OnAdded(ObjectAdded<PartialObject> added) => Change(added.Object, known => known is null, added.Object);

        public void OnUpdated(ObjectUpdated<PartialObject> updated) => Change(updated.New, known => known?.Metadata.Uid == updated.New.Metadata.Uid, updated.New);

        public void OnDeleted(ObjectDeleted<PartialObject> deleted) => Change(deleted.LastKnown, known => known?.Metadata.Uid == deleted.LastKnown.Metadata.Uid, null);

        public async Task WaitForAsync(IEnumerable<string> wanted, CancellationToken cancellationToken)
        {
            while (true)
            {
                Task next;
                lock (gate)
                {
                    if (copy.Values.Select(Version).SequenceEqual(wanted))
                        return;

                    next = changed.Task;
                }

                await next.WaitAsync(cancellationToken);
            }
        }

        private void Change(PartialObject value, Func<PartialObject?, bool> isPossible, PartialObject? next)
        {
            lock (gate)
            {
                string name = value.Metadata.Name;
                if (!isPossible(copy.GetValueOrDefault(name)))
                    Contradictions.Add($"{Version(value)} after {(copy.TryGetValue(name, out PartialObject? known) ? Version(known) : "nothing")}");

                if (next is null)
                    copy.Remove(name);
                else
                    copy[name] = next;

                changed.SetResult();
                changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
