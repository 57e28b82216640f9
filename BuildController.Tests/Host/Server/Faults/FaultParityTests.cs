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

    /// <summary>What came, and the reason of the exception that ended it.</summary>
    private static readonly Dictionary<FaultKind, string> Expected = new()
    {
        [FaultKind.Slow] = "late applied",
        [FaultKind.Conflict] = "Conflict",
        [FaultKind.TooManyRequests] = "TooManyRequests after 1 s",
        [FaultKind.InternalError] = "InternalError",
        [FaultKind.Unavailable] = "ServiceUnavailable",
        [FaultKind.Reset] = "ConnectionLost",
        [FaultKind.AnswerLost] = "ConnectionLost applied",
        [FaultKind.ListTruncated] = "a ConnectionLost",
        [FaultKind.WatchClosed] = "a",
        [FaultKind.WatchReset] = "a ConnectionLost",
        [FaultKind.WatchHalfOpen] = "a silence",
        [FaultKind.WatchDelayed] = "a b c late",
        [FaultKind.WatchDuplicated] = "a b b c",
        [FaultKind.WatchTruncated] = "a ConnectionLost",
        [FaultKind.WatchGarbage] = "a MalformedResponse",
        [FaultKind.WatchExpired] = "a Expired",
        [FaultKind.Compaction] = "applied",
        [FaultKind.Restart] = "ConnectionLost",
        [FaultKind.RestartEmpty] = "ConnectionLost",
        [FaultKind.CrashBefore] = "ConnectionLost",
        [FaultKind.CrashAfter] = "ConnectionLost applied",
        [FaultKind.Pause] = "late applied",
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

        string seen = fault.IsOfWatch ? await WatchAsync(client, server)
            : fault.Kind == FaultKind.ListTruncated ? await ListAsync(client)
            : await PatchAsync(client, server);

        bool isLate = fault.Kind is FaultKind.Slow or FaultKind.Pause or FaultKind.WatchDelayed;
        seen.Should().Be(Expected[fault.Kind].Replace(" late", "").Replace("late ", ""));
        (TimeProvider.System.GetElapsedTime(start) >= Time || !isLate).Should().BeTrue("the fault takes its time");
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

    private static async Task<string> WatchAsync(IResourceClient<UnstructuredObject> client, FaultyServer server)
    {
        var seen = new List<string>();
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CurrentContext.CancellationToken);
        Task reading = ReadAsync(client, seen, leave.Token);
        if (await Task.WhenAny(reading, OthersSeeAllAsync(server)) != reading && await Task.WhenAny(reading, Task.Delay(300)) != reading)
        {
            leave.Cancel();
            await FluentActions.Awaiting(() => reading).Should().ThrowAsync<OperationCanceledException>();
            seen.Add("silence");
        }

        return string.Join(' ', seen);
    }

    private static async Task ReadAsync(IResourceClient<UnstructuredObject> client, List<string> seen, CancellationToken leave)
    {
        try
        {
            await using IWatchStream<UnstructuredObject> watch = await client.WatchAsync("default", new WatchOptions(), leave);
            await foreach (WatchEvent<UnstructuredObject> next in watch.WithCancellation(leave))
            {
                seen.Add(next.Error is { } error ? Describe(error) : next.Object!.Metadata.Name);
                if (seen[^1] == "c")
                    return;
            }
        }
        catch (ApiException error)
        {
            seen.Add(Describe(error));
        }
    }

    /// <summary>Ends when somebody else's watch has said everything.</summary>
    private static Task OthersSeeAllAsync(FaultyServer server) =>
        ReadAsync(server.Client("other"), [], TestContext.CurrentContext.CancellationToken);

    private static string Describe(ApiException error) => error.RetryAfter is { } wait
        ? string.Create(CultureInfo.InvariantCulture, $"{error.Reason} after {wait.TotalSeconds} s")
        : error.Reason.ToString();
}
