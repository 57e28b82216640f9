using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using BuildController.Informers.Api;
using BuildController.Informers.Diagnostics;

namespace BuildController.Informers.Client.Http;

/// <summary>
/// One request under way, from sending it to the last byte of its answer. Whatever goes wrong comes out as an
/// <see cref="ApiException"/>, but for the caller's cancellation. Disposing it aborts what is left; it may be disposed while it is read.
/// </summary>
/// <remarks>
/// The timeout is the longest silence of a server that owes an answer: it runs while the headers or the next bytes are
/// awaited and not while the caller works on those that came, so a long list that keeps coming is not cut off.
/// </remarks>
internal sealed class ApiCall : IDisposable
{
    private readonly ApiTransport transport;
    private readonly ApiRequest request;
    private readonly CancellationToken caller;
    private readonly CancellationTokenSource timeout;
    private readonly CancellationTokenSource abort;
    private readonly CancellationToken aborted;
    private HttpResponseMessage? response;
    private Stream body = Stream.Null;

    /// <summary>Null while nobody listens, and once it has ended.</summary>
    private Activity? span;
    private bool mayBeSilent;
    private int disposed;

    private ApiCall(ApiTransport transport, ApiRequest request, CancellationToken caller)
    {
        this.transport = transport;
        this.request = request;
        this.caller = caller;
        timeout = new CancellationTokenSource(transport.RequestTimeout, transport.Runtime.Time);
        abort = CancellationTokenSource.CreateLinkedTokenSource(caller, transport.Lifetime, timeout.Token);
        aborted = abort.Token;
    }

    /// <summary>Whether the call was disposed: what then fails is no error.</summary>
    public bool IsDisposed => Volatile.Read(ref disposed) != 0;

    /// <summary>Sends a request and waits until the server has accepted it.</summary>
    public static async Task<ApiCall> OpenAsync(ApiTransport transport, ApiRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(transport.Lifetime.IsCancellationRequested, typeof(HttpClientset));
        var call = new ApiCall(transport, request, cancellationToken) { span = RequestSpan.Begin(transport, request) };
        try
        {
            await call.SendAsync();
            if (request.IsWatch)
                call.EndSpan();

            return call;
        }
        catch (Exception error)
        {
            call.Note(error);
            call.Dispose();
            throw;
        }
    }

    /// <summary>Reads the next bytes of the answer's body; 0 at its end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        try
        {
            if (mayBeSilent)
                return await body.ReadAsync(buffer, aborted);

            timeout.CancelAfter(transport.RequestTimeout);
            int count = await body.ReadAsync(buffer, aborted);
            timeout.CancelAfter(Timeout.InfiniteTimeSpan);

            return count;
        }
        catch (Exception error) when (Explain(error) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>The call fails: tells the span.</summary>
    /// <returns>False: as an exception filter it sees a failure and stops none.</returns>
    public bool Note(Exception error)
    {
        span?.Fail(error);
        return false;
    }

    /// <summary>Throws if the caller does not want more.</summary>
    public void ThrowIfCancelled() => caller.ThrowIfCancellationRequested();

    /// <summary>The exception for an answer that cannot be understood.</summary>
    public ApiException Malformed(string what, Exception? innerException = null) => new(
        ApiErrorReason.MalformedResponse,
        $"The answer of {transport.ServerName} to {request} cannot be understood: {what}.",
        innerException);

    /// <summary>The exception for an answer that ends midway.</summary>
    public ApiException Truncated() => new(
        ApiErrorReason.ConnectionLost,
        $"The answer of {transport.ServerName} to {request} ended midway: the server or something before it closed the connection. Try again.");

    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;

        abort.Cancel();
        response?.Dispose();
        abort.Dispose();
        timeout.Dispose();
        EndSpan();
    }

    private void EndSpan()
    {
        if (span is null)
            return;

        span.End(transport.Runtime.Time);
        span = null;
    }

    private async Task SendAsync()
    {
        try
        {
            response = await transport.SendAsync(request, span, aborted);
            span?.SetTag(ActivityNames.StatusCodeTag, (int)response.StatusCode);
            body = await response.Content.ReadAsStreamAsync(aborted);
            if (response.Content.Headers.ContentEncoding.Contains("gzip"))
                body = new GZipStream(body, CompressionMode.Decompress);
        }
        catch (Exception error) when (Explain(error) is { } explained)
        {
            throw explained;
        }

        timeout.CancelAfter(Timeout.InfiniteTimeSpan);
        if (!response.IsSuccessStatusCode)
            throw await ErrorResponse.ReadAsync(this, response, transport, request);

        mayBeSilent = request.IsWatch;
    }

    /// <summary>What a failure means to the caller; null if it is not the connection's.</summary>
    private Exception? Explain(Exception error)
    {
        if (caller.IsCancellationRequested)
            return new OperationCanceledException("The request was cancelled.", error, caller);

        if (transport.Lifetime.IsCancellationRequested)
            return new ApiException(ApiErrorReason.ConnectionLost, $"The clientset was disposed before {transport.ServerName} had answered {request}.", error);

        if (IsDisposed)
            return new OperationCanceledException("The stream was disposed.", error);

        if (timeout.IsCancellationRequested)
        {
            return new ApiException(
                ApiErrorReason.ConnectionLost,
                $"{transport.ServerName} was silent for {transport.RequestTimeout.TotalSeconds:0.###} s and had not answered {request}: check the server and the network before it, or raise the request timeout.",
                error);
        }

        return ConnectionErrors.Explain(error, transport.ServerName, request);
    }
}
