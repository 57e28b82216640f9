using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BuildController.Host.Server.Faults;

/// <summary>Breaks connections as networks do.</summary>
internal static class ConnectionReset
{
    private static readonly TimeSpan TimeToRead = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Gives the client time to read what was sent, before a reset. Many clients, .NET's among them, throw away what they have received
    /// over HTTP/2 and not yet read when a reset comes: no event would be seen before one.
    /// </summary>
    public static Task LetReadAsync(this HttpContext context, TimeProvider time) => Task.Delay(TimeToRead, time, context.RequestAborted);

    /// <summary>
    /// Resets the TCP connection at once, whatever is still unsent, and with it whatever else goes over it: over HTTP/2 all other
    /// requests and watches of the client.
    /// </summary>
    public static void Reset(this HttpContext context) => context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
}
