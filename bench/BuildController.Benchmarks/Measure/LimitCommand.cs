using System.CommandLine;
using System.Text.Json;

namespace BuildController.Benchmarks.Measure;

/// <summary>
/// <c>limit</c>: the same bytes over the same transport, read once by a bare <see cref="Utf8JsonReader"/>, no value of them
/// made: what nothing that decodes with it can undercut without passing over bytes.
/// </summary>
internal static class LimitCommand
{
    private const string Who = "limit";
    private const int BufferSize = 64 * 1024;

    public static Command Create()
    {
        Option<Uri> server = CommandLine.Server();
        Option<int> count = CommandLine.Count(), events = CommandLine.Events();
        var command = new Command("limit", "Downloads the same bytes and reads them once with a bare Utf8JsonReader.") { server, count, events };
        command.SetAction((result, stop) => RunAsync(result.GetValue(server)!, result.GetValue(count), result.GetValue(events), stop));
        return command;
    }

    private static async Task<int> RunAsync(Uri server, int count, int events, CancellationToken stop)
    {
        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        long baseline = Report.SettledHeap();

        Phase list = Phase.Begin();
        using (HttpResponseMessage response = await client.GetAsync("/api/v1/namespaces/bench/pods?resourceVersion=0", HttpCompletionOption.ResponseHeadersRead, stop))
            await ReadListAsync(await response.Content.ReadAsStreamAsync(stop), stop);

        Report.List(Who, count, list.End());

        using HttpResponseMessage watched = await client.GetAsync(
            "/api/v1/namespaces/bench/pods?watch=true&resourceVersion=1000000000&allowWatchBookmarks=true", HttpCompletionOption.ResponseHeadersRead, stop);
        Phase watch = Phase.Begin();
        if (events > 0)
            (await client.GetAsync("/start", stop)).Dispose();

        await ReadLinesAsync(await watched.Content.ReadAsStreamAsync(stop), events, stop);
        Report.Watch(Who, events, watch.End(), synced: true);
        Report.Memory(Who, baseline, count, PeakMemory.ResidentMib());
        return 0;
    }

    private static async Task ReadListAsync(Stream body, CancellationToken stop)
    {
        byte[] buffer = new byte[BufferSize];
        int unread = 0;
        JsonReaderState state = default;
        while (true)
        {
            if (unread == buffer.Length)
                Array.Resize(ref buffer, 2 * buffer.Length);

            int count = await body.ReadAsync(buffer.AsMemory(unread), stop);
            int length = unread + count;
            int consumed = Consume(buffer.AsSpan(0, length), count == 0, ref state);
            if (count == 0)
                return;

            unread = length - consumed;
            buffer.AsSpan(consumed, unread).CopyTo(buffer);
        }
    }

    private static async Task ReadLinesAsync(Stream body, int events, CancellationToken stop)
    {
        byte[] buffer = new byte[BufferSize];
        int unread = 0;
        while (events > 0)
        {
            if (unread == buffer.Length)
                Array.Resize(ref buffer, 2 * buffer.Length);

            int count = await body.ReadAsync(buffer.AsMemory(unread), stop);
            if (count == 0)
                throw new EndOfStreamException("The watch ended before its last event.");

            int length = unread + count;
            int consumed = 0;
            while (events > 0 && buffer.AsSpan(consumed, length - consumed).IndexOf((byte)'\n') is >= 0 and int end)
            {
                JsonReaderState state = default;
                Consume(buffer.AsSpan(consumed, end), isFinal: true, ref state);
                consumed += end + 1;
                events--;
            }

            unread = length - consumed;
            buffer.AsSpan(consumed, unread).CopyTo(buffer);
        }
    }

    private static int Consume(ReadOnlySpan<byte> json, bool isFinal, ref JsonReaderState state)
    {
        var reader = new Utf8JsonReader(json, isFinal, state);
        while (reader.Read())
        {
        }

        state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }
}
