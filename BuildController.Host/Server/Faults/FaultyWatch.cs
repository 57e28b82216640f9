using System.Text;
using BuildController.Informers.Api;
using BuildController.Informers.Testing.Faults;
using Microsoft.AspNetCore.Http;

namespace BuildController.Host.Server.Faults;

/// <summary>A watch that something befalls. It is written event by event, each with a flush of its own.</summary>
/// <param name="context">The request.</param>
/// <param name="fault">What befalls it.</param>
/// <param name="time">The clock of delays.</param>
/// <param name="stopping">Ends a watch that says nothing any more: the server stops.</param>
internal sealed class FaultyWatch(HttpContext context, Fault fault, TimeProvider time, CancellationToken stopping) : InterceptedBody(context)
{
    private static readonly byte[] HalfALine = Encoding.UTF8.GetBytes("""{"type":"MODIFIED","object":{"kind":""");
    private static readonly byte[] Garbage = [0x00, 0xff, 0xfe, .. "<html>\n"u8];

    private int count;

    protected override async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!IsGranted)
            return await PassAsync(bytes, cancellationToken);

        bool isEvent = !bytes.IsEmpty;
        if (isEvent && fault.Kind == FaultKind.WatchDelayed && count >= fault.AfterEvents)
            await Task.Delay(fault.Time, time, cancellationToken);

        if (!await PassAsync(bytes, cancellationToken))
            return false;

        if (isEvent && fault.Kind == FaultKind.WatchDuplicated && count == fault.AfterEvents)
            await PassAsync(bytes, cancellationToken);

        if (isEvent)
            count++;

        return count != fault.AfterEvents || await StrikeAsync(cancellationToken);
    }

    /// <summary>What comes after the undisturbed events.</summary>
    /// <returns>Whether the watch goes on.</returns>
    private async ValueTask<bool> StrikeAsync(CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case FaultKind.WatchDelayed or FaultKind.WatchDuplicated:
                return true;
            case FaultKind.WatchReset:
                await Context.LetReadAsync(time);
                Context.Reset();
                return false;
            case FaultKind.WatchHalfOpen:
                await BeSilentAsync(cancellationToken);
                return false;
            case FaultKind.WatchTruncated:
                await PassAsync(HalfALine, cancellationToken);
                if (fault.IsAbrupt)
                {
                    await Context.LetReadAsync(time);
                    Context.Abort();
                }

                return false;
            case FaultKind.WatchGarbage:
                return await PassAsync(Garbage, cancellationToken);
            case FaultKind.WatchExpired:
                byte[] status = StatusResult.Write(Refusal.Expired("too old resource version (a fault)").Status);
                await PassAsync((byte[])[.. "{\"type\":\"ERROR\",\"object\":"u8, .. status, .. "}\n"u8], cancellationToken);
                return false;
            default:
                return false;
        }
    }

    private async Task BeSilentAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Context.RequestAborted, stopping);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, end.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }
}
