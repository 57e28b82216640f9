using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace BuildController.Informers.Client.Configuration;

/// <summary>What a credential command printed.</summary>
internal sealed record ExecCredential(string? Token, X509Certificate2? ClientCertificate, DateTimeOffset? Expires)
{
    /// <exception cref="FormatException">It is no ExecCredential of this version; the message holds nothing of it.</exception>
    public static ExecCredential Parse(string json, string apiVersion)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (Text(root, "kind") != "ExecCredential" || Text(root, "apiVersion") is not { } version)
                throw new FormatException("it did not print an ExecCredential");

            if (version != apiVersion)
                throw new FormatException($"it printed {version}, not {apiVersion}");

            if (!root.TryGetProperty("status", out JsonElement status))
                throw new FormatException("it printed no status");

            string? token = Text(status, "token")?.Trim();
            string? certificate = Text(status, "clientCertificateData");
            string? key = Text(status, "clientKeyData");
            if (certificate is null != key is null)
                throw new FormatException("it printed only one of clientCertificateData and clientKeyData");

            if (string.IsNullOrEmpty(token) && certificate is null)
                throw new FormatException("it printed neither a token nor a client certificate");

            DateTimeOffset? expires = status.TryGetProperty("expirationTimestamp", out JsonElement time) && time.ValueKind == JsonValueKind.String
                ? time.GetDateTimeOffset()
                : null;
            return new ExecCredential(token, certificate is null ? null : Pem.CertificateWithKey(certificate, key!), expires);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException("it did not print JSON of the form asked for", error);
        }
        catch (CryptographicException error)
        {
            throw new FormatException("its client certificate and key are no PEM that belongs together", error);
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
