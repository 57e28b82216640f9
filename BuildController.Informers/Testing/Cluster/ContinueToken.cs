using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Where the next page of a list starts, and in which version. Opaque to clients.</summary>
internal readonly record struct ContinueToken(long Version, ObjectKey After)
{
    public static ContinueToken Parse(string text)
    {
        try
        {
            string padded = text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '=');
            JsonObject token = Json.ParseObject(Convert.FromBase64String(padded));
            if (token.Number("rv") is { } version && ObjectKey.TryParse(token.Text("start"), out ObjectKey after))
                return new ContinueToken(version, after);
        }
        catch (Exception error) when (error is FormatException or JsonException or InvalidCastException or ArgumentException)
        {
            throw ServerErrors.BadRequest($"continue key is not valid: {error.Message}");
        }

        throw ServerErrors.BadRequest("continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
    }

    public override string ToString()
    {
        var token = new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = Version, ["start"] = After.ToString() };
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(token.ToJsonString())).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
