using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BuildController.Host.Server;

/// <summary>
/// A certificate authority and a server certificate for the loopback addresses, made in memory at each start: kubectl sends
/// no bearer token to a server without TLS.
/// </summary>
internal sealed class ServerCertificates : IDisposable
{
    // Some platforms refuse server certificates that are valid for longer than 398 days.
    private static readonly TimeSpan Validity = TimeSpan.FromDays(365);

    private ServerCertificates(X509Certificate2 authority, X509Certificate2 server)
    {
        Authority = authority;
        Server = server;
    }

    /// <summary>What clients trust, without its key: it signs nothing further.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>What the server shows, with its key.</summary>
    public X509Certificate2 Server { get; }

    public static ServerCertificates Create()
    {
        // Peers check these by the real time, whatever clock the cluster runs on.
        DateTimeOffset notBefore = TimeProvider.System.GetUtcNow().AddHours(-1);
        DateTimeOffset notAfter = notBefore + Validity;

        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 signer = MakeAuthority(authorityKey, notBefore, notAfter);
        return new ServerCertificates(
            X509CertificateLoader.LoadCertificate(signer.RawData),
            MakeServer(signer, notBefore, notAfter));
    }

    public void Dispose()
    {
        Authority.Dispose();
        Server.Dispose();
    }

    private static X509Certificate2 MakeAuthority(ECDsa key, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var request = new CertificateRequest("CN=buildcontroller-embedded-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(notBefore, notAfter);
    }

    private static X509Certificate2 MakeServer(X509Certificate2 signer, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);

        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(signer, true, false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(names.Build());

        Span<byte> serial = stackalloc byte[16];
        RandomNumberGenerator.Fill(serial);
        using X509Certificate2 certificate = request.Create(signer, notBefore, notAfter, serial);
        X509Certificate2 withKey = certificate.CopyWithPrivateKey(key);
        if (!OperatingSystem.IsWindows())
            return withKey;

        // Windows' TLS does not take a key that only lives in memory.
        using (withKey)
            return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }
}
