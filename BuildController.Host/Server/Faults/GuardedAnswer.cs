using Microsoft.AspNetCore.Http;

namespace BuildController.Host.Server.Faults;

/// <summary>An answer that has to pass a guard before its first byte goes out.</summary>
/// <param name="context">The request.</param>
/// <param name="mayPass">Asked once, when the request has been carried out. It may take its time.</param>
internal sealed class GuardedAnswer(HttpContext context, Func<Task<bool>> mayPass) : InterceptedBody(context)
{
    private bool? passes;

    protected override async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        (passes ??= await mayPass()) && await PassAsync(bytes, cancellationToken);
}
