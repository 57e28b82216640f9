using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Cache;

[TestFixture]
public sealed class IndexerThreadsTests
{
    private const int Widgets = 64;
    private const int Rounds = 1000;

    [Test]
    public async Task Readers_on_other_threads_only_ever_see_whole_changes()
    {
        var indexer = new Indexer<Widget>(Widget.Resource, new CapturingLoggerFactory());
        indexer.AddIndex("round", widget => [widget.Version]);
        WriteRound(indexer, 0);
        using var start = new Barrier(5);
        bool isDone = false;

        Task<int> writer = OnItsOwnThread(() =>
        {
            start.SignalAndWait();
            for (int round = 1; round <= Rounds; round++)
                WriteRound(indexer, round);
            Volatile.Write(ref isDone, true);
            return Rounds;
        });
        Task<int>[] readers = [.. Enumerable.Range(0, 4).Select(_ => OnItsOwnThread(() =>
        {
            start.SignalAndWait();
            int reads = 0, last = 0;
            do
            {
                Widget[] all = [.. indexer.List(null, null)];
                int round = int.Parse(all[0].Version);
                StoreSnapshot<Widget> snapshot = indexer.Current;
                string version = snapshot.First().Version;
                Check(all.Length == Widgets && all.All(widget => widget.Version == all[0].Version), "a round is written whole");
                Check(round >= last, "a reader never goes back");
                Check(snapshot.FindIndex("round")!.Value.Map.Find(version)!.Count == Widgets, "indices belong to the objects");
                Check(snapshot.Find(new ObjectKey("ns", $"w{round % Widgets}"))!.Version == version, "so do single objects");
                last = round;
                reads++;
            }
            while (!Volatile.Read(ref isDone));
            return reads;
        }))];

        await writer;
        int[] counts = await Task.WhenAll(readers);
        counts.Should().OnlyContain(count => count > 0);
        indexer.IndexValues("round").Should().Equal($"{Rounds}");
    }

    private static Task<int> OnItsOwnThread(Func<int> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Check(bool holds, string why)
    {
        if (!holds)
            throw new AssertionException($"It does not hold that {why}.");
    }

    private static void WriteRound(Indexer<Widget> indexer, int round) => indexer.Update(round, static (store, version) =>
    {
        for (int i = 0; i < Widgets; i++)
            store.Set(Widget.Of($"w{i}", version));
    });
}
