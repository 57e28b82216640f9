using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BuildController.Host.Server.Faults;

/// <summary>
/// Stands between whoever writes an answer and the wire. What is flushed goes through <see cref="SendAsync"/>, which sends it or not;
/// the writer is told of the end as of a client that has left.
/// </summary>
/// <param name="context">The request.</param>
internal abstract class InterceptedBody(HttpContext context) : PipeWriter, IHttpResponseBodyFeature
{
    private readonly IHttpResponseBodyFeature inner = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
    private readonly ArrayBufferWriter<byte> unflushed = new();
    private Stream? stream;
    private bool isOver;

    public Stream Stream => stream ??= AsStream(leaveOpen: true);

    public PipeWriter Writer => this;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => unflushed.WrittenCount;

    protected HttpContext Context => context;

    /// <summary>Whether the request was granted: what befalls a list or a watch does not befall its refusal.</summary>
    protected bool IsGranted => context.Response.StatusCode == StatusCodes.Status200OK;

    public override Memory<byte> GetMemory(int sizeHint = 0) => unflushed.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => unflushed.GetSpan(sizeHint);

    public override void Advance(int bytes) => unflushed.Advance(bytes);

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (!isOver)
            isOver = !await SendAsync(unflushed.WrittenMemory, cancellationToken);

        unflushed.ResetWrittenCount();
        return new FlushResult(isCanceled: false, isCompleted: isOver);
    }

    public override void CancelPendingFlush() => inner.Writer.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
    }

    public void DisableBuffering() => inner.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => FlushAsync(cancellationToken).AsTask();

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public async Task CompleteAsync()
    {
        await FlushAsync();
        await inner.CompleteAsync();
    }

    /// <summary>Takes what was flushed; nothing at first, when the headers alone should go out.</summary>
    /// <returns>Whether anything can follow.</returns>
    protected abstract ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Sends bytes, or the headers alone. When it returns, they have left the process.</summary>
    protected async ValueTask<bool> PassAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        // A write of nothing would end the stream of HTTP/2.
        ValueTask<FlushResult> sending = bytes.IsEmpty ? inner.Writer.FlushAsync(cancellationToken) : inner.Writer.WriteAsync(bytes, cancellationToken);
        return !(await sending).IsCompleted;
    }
}
