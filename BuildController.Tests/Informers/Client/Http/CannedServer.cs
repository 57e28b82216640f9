using System.Net;
using System.Text;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;

namespace BuildController.Tests.Informers.Client.Http;

/// <summary>Answers requests with what the test says, without a socket, and remembers them.</summary>
internal sealed class CannedServer(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    public CannedServer(Func<HttpRequestMessage, HttpResponseMessage> answer)
        : this((request, _) => Task.FromResult(answer(request)))
    {
    }

    public List<Request> Requests { get; } = [];

    public VirtualWorld World { get; } = new();

    public ClusterConfiguration Configuration { get; set; } = new() { Server = new Uri("https://user:hidden@api.example:6443/base/") };

    /// <summary>What the clientset runs in; null for the world's runtime.</summary>
    public OperatorRuntime? Runtime { get; set; }

    public HttpClientset Clientset => field ??= new HttpClientset(Configuration, Runtime ?? World.Runtime, this);

    public static CannedServer Of(HttpStatusCode code, string body, string mediaType = "application/json") =>
        new(_ => Answer(new MemoryStream(Encoding.UTF8.GetBytes(body)), code, mediaType));

    public static CannedServer Of(Stream body) => new(_ => Answer(body));

    public static HttpResponseMessage Answer(Stream body, HttpStatusCode code = HttpStatusCode.OK, string mediaType = "application/json")
    {
        var content = new BodyContent(body);
        content.Headers.ContentType = new(mediaType);
        return new HttpResponseMessage(code) { Content = content };
    }

    /// <summary>Hands out the stream itself and disposes it once, which StreamContent does not.</summary>
    private sealed class BodyContent(Stream body) : HttpContent
    {
        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(body);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => body.CopyToAsync(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is null ? string.Empty : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add(new Request(request.Method.Method, request.RequestUri!.PathAndQuery, body, request.Content?.Headers.ContentType?.MediaType,
            request.Headers.Authorization?.ToString(), request.Headers.AcceptEncoding.ToString(), request.Headers.UserAgent.ToString(), request.Headers.Accept.ToString()));
        return await answer(request, cancellationToken);
    }
}

internal sealed record Request(
    string Method, string Url, string Body, string? MediaType, string? Authorization, string AcceptEncoding, string UserAgent, string Accept);

/// <summary>Delivers bytes in pieces of the sizes given, the last size repeated; then ends, fails or stays silent.</summary>
internal sealed class PiecewiseStream(byte[] bytes, int[] sizes, Exception? end = null, bool staysOpen = false) : Stream
{
    private int position;
    private int piece;

    public int Disposals { get; private set; }

    public bool IsReadPending { get; private set; }

    /// <summary>Whether the reader has been told that nothing follows.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>The largest buffer that the reader had room in.</summary>
    public int LargestBuffer { get; private set; }

    /// <summary>The buffer that it had room in last.</summary>
    public int LastBuffer { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public static PiecewiseStream Of(string text, params int[] sizes) => new(Encoding.UTF8.GetBytes(text), sizes.Length == 0 ? [int.MaxValue] : sizes);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        (LargestBuffer, LastBuffer) = (Math.Max(LargestBuffer, buffer.Length), buffer.Length);
        if (position == bytes.Length && staysOpen)
        {
            IsReadPending = true;
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        IsAtEnd = position == bytes.Length;
        if (IsAtEnd)
            return end is null ? 0 : throw end;

        int size = sizes[Math.Min(piece++, sizes.Length - 1)];
        int count = Math.Min(Math.Min(size, bytes.Length - position), buffer.Length);
        bytes.AsMemory(position, count).CopyTo(buffer);
        position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Disposals++;
        base.Dispose(disposing);
    }
}
