using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BuildController.Informers.Client.Configuration;

/// <summary>Certificates and keys from PEM text.</summary>
internal static class Pem
{
    /// <exception cref="CryptographicException">There is no certificate in the text.</exception>
    public static IReadOnlyList<X509Certificate2> Certificates(string pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        return certificates.Count > 0 ? [.. certificates] : throw new CryptographicException("There is no PEM certificate in it");
    }

    /// <summary>A certificate with its key, RSA or EC, of any of the forms that keys come in.</summary>
    /// <exception cref="CryptographicException">One of them is missing or malformed, or they do not belong together.</exception>
    public static X509Certificate2 CertificateWithKey(string certificatePem, string keyPem)
    {
        try
        {
            X509Certificate2 certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
            if (!OperatingSystem.IsWindows())
                return certificate;

            // TLS on Windows takes no key that lives in memory only.
            using (certificate)
                return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        }
        catch (ArgumentException error)
        {
            throw new CryptographicException(error.Message, error);
        }
    }
}
