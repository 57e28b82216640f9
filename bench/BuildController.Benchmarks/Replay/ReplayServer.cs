using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BuildController.Benchmarks.Replay;

/// <summary>
/// Serves canned lists and watches of pods. A watch holds its changes back until <c>/start</c> is asked for, so that a client
/// can tell what its list costs from what its watch costs; for other clients it begins by itself after a while.
/// </summary>
internal sealed class ReplayServer : IAsyncDisposable
{
    private const int Batch = 64 * 1024;
    private const int DefaultPage = 500;
    private static readonly TimeSpan HoldBack = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromSeconds(10);

    private readonly ReplayOptions options;
    private readonly ReplayData data;
    private readonly WebApplication app;
    private readonly StartGate gate = new();
    private int watches;

    private ReplayServer(ReplayOptions options)
    {
        this.options = options;
        data = new ReplayData(options);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{options.Port}"));
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxResponseBufferSize = 4 * Batch;
        });
        app = builder.Build();
        app.Run(HandleAsync);
    }

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public int PodLength => data.PodLength;

    public static async Task<ReplayServer> StartAsync(ReplayOptions options)
    {
        var server = new ReplayServer(options);
        await server.app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private Task HandleAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/start" => gate.OpenAsync(context.RequestAborted),
        "/api/v1/pods" or "/api/v1/namespaces/bench/pods" => context.Request.Query["watch"] is ["true" or "1"] ? WatchAsync(context) : ListAsync(context),
        _ => NotFoundAsync(context),
    };

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private async Task ListAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        string asked = query["resourceVersion"].ToString();
        long version = Math.Clamp(Number(asked, ReplayData.FirstVersion), ReplayData.FirstVersion, data.LastVersion);
        int first = 0;
        int limit = (int)Number(query["limit"].ToString(), asked.Length > 0 ? int.MaxValue : DefaultPage);
        if (query["continue"].ToString() is { Length: > 0 } token)
        {
            string[] parts = token.Split('.');
            (version, first) = (Number(parts[0], version), (int)Number(parts[1], 0));
        }
        else if (asked == "0")
        {
            limit = int.MaxValue;
        }

        int end = (int)Math.Min(data.Count, (long)first + limit);
        bool isCompressed = context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal);
        context.Response.ContentType = "application/json";
        if (isCompressed)
            context.Response.Headers.ContentEncoding = "gzip";

        Stream body = context.Response.Body;
        await using Stream? gzip = isCompressed ? new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true) : null;
        var buffer = new ArrayBufferWriter<byte>(2 * Batch);
        ReplayData.WriteListHead(buffer, version, end, data.Count - end);
        for (int pod = first; pod < end; pod++)
        {
            if (pod > first)
                buffer.Write(","u8);

            data.WriteItem(buffer, pod, version);
            if (buffer.WrittenCount >= Batch)
                await FlushAsync(buffer, gzip ?? body, context.RequestAborted);
        }

        buffer.Write("]}\n"u8);
        await FlushAsync(buffer, gzip ?? body, context.RequestAborted);
    }

    private async Task WatchAsync(HttpContext context)
    {
        CancellationToken aborted = context.RequestAborted;
        long version = Math.Max(Number(context.Request.Query["resourceVersion"].ToString(), 0), ReplayData.FirstVersion);
        context.Response.ContentType = "application/json";
        await context.Response.StartAsync(aborted);
        await context.Response.Body.FlushAsync(aborted);
        Stream body = context.Response.Body;
        var buffer = new ArrayBufferWriter<byte>(2 * Batch);
        if (version < data.LastVersion)
            await gate.WaitAsync(HoldBack, aborted);

        if (options.Rate > 0)
            version = await StreamPacedAsync(buffer, body, version, aborted);

        while (version < data.LastVersion)
        {
            data.WriteEvent(buffer, ++version);
            if (buffer.WrittenCount >= Batch)
                await FlushAsync(buffer, body, aborted);
        }

        await FlushAsync(buffer, body, aborted);
        // Each client's first watch expires, the one after its relist does not.
        if (options.Expire && Interlocked.Increment(ref watches) % 2 == 1)
        {
            await gate.WaitAsync(HoldBack, aborted);
            ReplayData.WriteExpired(buffer);
            await FlushAsync(buffer, body, aborted);
            return;
        }

        while (!aborted.IsCancellationRequested)
        {
            ReplayData.WriteBookmark(buffer, version);
            await FlushAsync(buffer, body, aborted);
            await Task.Delay(BookmarkInterval, aborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Sends what is due each millisecond.</summary>
    private async Task<long> StreamPacedAsync(ArrayBufferWriter<byte> buffer, Stream body, long version, CancellationToken aborted)
    {
        long first = version;
        long start = TimeProvider.System.GetTimestamp();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (version < data.LastVersion && await ticks.WaitForNextTickAsync(aborted))
        {
            double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
            for (long due = first + (long)(seconds * options.Rate); version < due && version < data.LastVersion;)
                data.WriteEvent(buffer, ++version);

            if (buffer.WrittenCount > 0)
                await FlushAsync(buffer, body, aborted);
        }

        return version;
    }

    private static async Task FlushAsync(ArrayBufferWriter<byte> buffer, Stream body, CancellationToken aborted)
    {
        await body.WriteAsync(buffer.WrittenMemory, aborted);
        await body.FlushAsync(aborted);
        buffer.ResetWrittenCount();
    }

    private static long Number(string text, long otherwise) => long.TryParse(text, CultureInfo.InvariantCulture, out long number) ? number : otherwise;
}
