using System.Globalization;
using System.Net;

namespace BuildController.Host.Configuration;

/// <summary>Where to listen.</summary>
/// <param name="Address">The address; null for all.</param>
/// <param name="Port">The port; 0 for a free one.</param>
internal sealed record ListenAddress(IPAddress? Address, int Port)
{
    /// <summary>Reads <c>host:port</c>; <c>off</c> is null.</summary>
    public static bool TryParse(string text, out ListenAddress? value)
    {
        value = null;
        if (text == "off")
            return true;

        int colon = text.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > IPEndPoint.MaxPort)
            return false;

        if (!TryParseHost(text[..colon], out IPAddress? address))
            return false;

        value = new ListenAddress(address, port);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Address is null
        ? string.Create(CultureInfo.InvariantCulture, $"*:{Port}")
        : new IPEndPoint(Address, Port).ToString();

    private static bool TryParseHost(string host, out IPAddress? address)
    {
        address = host == "localhost" ? IPAddress.Loopback : null;
        if (address is not null)
            return true;

        return host is "*" or "" || IPAddress.TryParse(host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host, out address);
    }
}
