using System.Globalization;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Informers.Testing.Faults;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server.Faults;

/// <summary>A fault shows itself to its caller in the same way whether the clientset is a fake or goes over a wire.</summary>
[TestFixture]
[CancelAfter(60_000)]
[Parallelizable(ParallelScope.Children)]
public sealed class FaultParityTests
{
    private static readonly TimeSpan Time = TimeSpan.FromMilliseconds(30);

    /// <summary>Timers and timestamps are of two clocks.</summary>
    private static readonly TimeSpan ClockTick = TimeSpan.FromMilliseconds(10);

    /// <summary>What came, the reason of the exception that ended it, whether a write was applied; and whether it took time.</summary>
    private static readonly Dictionary<FaultKind, (string Seen, bool IsLate)> Expected = new()
    {
        [FaultKind.Slow] = ("applied", true),
        [FaultKind.Conflict] = ("Conflict", false),
        [FaultKind.TooManyRequests] = ("TooManyRequests after 1 s", false),
        [FaultKind.InternalError] = ("InternalError", false),
        [FaultKind.Unavailable] = ("ServiceUnavailable", false),
        [FaultKind.Reset] = ("ConnectionLost", false),
        [FaultKind.AnswerLost] = ("ConnectionLost applied", false),
        [FaultKind.ListTruncated] = ("a ConnectionLost", false),
        [FaultKind.WatchClosed] = ("a", false),
        [FaultKind.WatchReset] = ("a ConnectionLost", false),
        [FaultKind.WatchHalfOpen] = ("a silence", false),
        [FaultKind.WatchDelayed] = ("a b c", true),
        [FaultKind.WatchDuplicated] = ("a b b c", false),
        [FaultKind.WatchTruncated] = ("a ConnectionLost", false),
        [FaultKind.WatchGarbage] = ("a MalformedResponse", false),
        [FaultKind.WatchExpired] = ("a Expired", false),
        [FaultKind.Compaction] = ("applied", false),
        [FaultKind.Restart] = ("ConnectionLost", false),
        [FaultKind.RestartEmpty] = ("ConnectionLost", false),
        [FaultKind.CrashBefore] = ("ConnectionLost", false),
        [FaultKind.CrashAfter] = ("ConnectionLost applied", false),
        [FaultKind.Pause] = ("applied", true),
    };

    private static IEnumerable<TestCaseData> Cases() =>
        from kind in Enum.GetValues<FaultKind>()
        from http in new[] { null, "1.1", "2.0" }
        from isAbrupt in kind is FaultKind.ListTruncated or FaultKind.WatchTruncated ? [false, true] : new[] { false }
        select new TestCaseData(http, new Fault(kind) { Time = Time, AfterEvents = 1, IsAbrupt = isAbrupt }).SetArgDisplayNames(http ?? "in-process", $"{kind}{(isAbrupt ? " abruptly" : "")}");

    [TestCaseSource(nameof(Cases))]
    public async Task The_caller_sees(string? http, Fault fault)
    {
        await using FaultyServer server = await FaultyServer.StartAsync(http is null ? null : FaultyServer.ScriptOf(fault));
        server.Create("a", "b", "c");
        IResourceClient<UnstructuredObject> client = http is null ? InProcess(server.Cluster, fault) : server.Client(http: http);
        long start = TimeProvider.System.GetTimestamp();

        string seen = fault.IsOfWatch ? await WatchAsync(client, server, fault)
            : fault.Kind == FaultKind.ListTruncated ? await ListAsync(client)
            : await PatchAsync(client, server);

        // Over HTTP/2 a reset may overtake what was sent before it and not been read: the reason is what counts.
        bool mayOvertake = http == "2.0" && (fault.IsAbrupt || fault.Kind == FaultKind.WatchReset);
        (string expected, bool isLate) = Expected[fault.Kind];
        seen.Should().BeOneOf(expected, mayOvertake ? expected.Replace("a ", "", StringComparison.Ordinal) : expected);
        if (isLate)
            TimeProvider.System.GetElapsedTime(start).Should().BeGreaterThan(Time - ClockTick, "the fault takes its time");
    }

    private static IResourceClient<UnstructuredObject> InProcess(InMemoryCluster cluster, Fault fault)
    {
        var clientset = new FakeClientset(cluster);
        clientset.AddReactor(new FaultInjector("me", ScriptedFaults.One("me", 1, fault), cluster, OperatorRuntime.Default).ReactAsync);
        return clientset.Resource(FaultyServer.Maps);
    }

    private static async Task<string> PatchAsync(IResourceClient<UnstructuredObject> client, FaultyServer server)
    {
        var seen = new List<string>();
        try
        {
            await client.PatchAsync(FaultyServer.Key("a"), FaultyServer.LabelPatch("y"), TestContext.CurrentContext.CancellationToken);
        }
        catch (ApiException error)
        {
            seen.Add(Describe(error));
        }

        if (server.LabelOf("a") == "y")
            seen.Add("applied");

        return string.Join(' ', seen);
    }

    private static async Task<string> ListAsync(IResourceClient<UnstructuredObject> client)
    {
        var seen = new List<string>();
        try
        {
            await client.ListAsync("default", ListOptions.Default, item => seen.Add(item.Metadata.Name), TestContext.CurrentContext.CancellationToken);
        }
        catch (ApiException error)
        {
            seen.Add(Describe(error));
        }

        return string.Join(' ', seen);
    }

    private static async Task<string> WatchAsync(IResourceClient<UnstructuredObject> client, FaultyServer server, Fault fault)
    {
        var seen = new List<string>();
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CurrentContext.CancellationToken);
        try
        {
            await using IWatchStream<UnstructuredObject> watch = await client.WatchAsync("default", new WatchOptions(), leave.Token);
            await using IAsyncEnumerator<WatchEvent<UnstructuredObject>> events = watch.GetAsyncEnumerator(leave.Token);
            while (!seen.Contains("c"))
            {
                Task<bool> next = events.MoveNextAsync().AsTask();
                if (fault.Kind == FaultKind.WatchHalfOpen && seen.Count == fault.AfterEvents)
                {
                    await OthersSeeAllAsync(server);
                    seen.Add(next.IsCompleted ? "something" : "silence");
                    leave.Cancel();
                }

                if (!await next)
                    break;

                seen.Add(events.Current.Error is { } error ? Describe(error) : events.Current.Object!.Metadata.Name);
            }
        }
        catch (ApiException error)
        {
            seen.Add(Describe(error));
        }
        catch (OperationCanceledException) when (leave.IsCancellationRequested)
        {
        }

        return string.Join(' ', seen);
    }

    /// <summary>Ends when somebody else's watch has said everything.</summary>
    private static async Task OthersSeeAllAsync(FaultyServer server)
    {
        await using IWatchStream<UnstructuredObject> watch = await server.Client("other").WatchAsync("default", new WatchOptions(), TestContext.CurrentContext.CancellationToken);
        await foreach (WatchEvent<UnstructuredObject> next in watch.WithCancellation(TestContext.CurrentContext.CancellationToken))
        {
            if (next.Object!.Metadata.Name == "c")
                return;
        }
    }

    private static string Describe(ApiException error) => error.RetryAfter is { } wait
        ? string.Create(CultureInfo.InvariantCulture, $"{error.Reason} after {wait.TotalSeconds} s")
        : error.Reason.ToString();
}
