using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace BuildController.Host.Server;

/// <summary>Writes the kubeconfig that reaches an <see cref="EmbeddedApiServer"/>. It holds the token: only its owner may read it.</summary>
internal static class KubeconfigFile
{
    public static string Text(Uri address, X509Certificate2 authority, string token)
    {
        string authorityData = Convert.ToBase64String(Encoding.ASCII.GetBytes(authority.ExportCertificatePem() + "\n"));
        return $"""
            apiVersion: v1
            kind: Config
            current-context: embedded
            clusters:
            - name: embedded
              cluster:
                server: {address.GetLeftPart(UriPartial.Authority)}
                certificate-authority-data: {authorityData}
            contexts:
            - name: embedded
              context:
                cluster: embedded
                user: embedded-admin
                namespace: default
            users:
            - name: embedded-admin
              user:
                token: "{JsonEncodedText.Encode(token)}"

            """;
    }

    /// <summary>Puts the text there in one step, so that no reader ever sees half a file or a file that others may read.</summary>
    public static void Write(string path, string text)
    {
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        try
        {
            using (var writer = new StreamWriter(temporary, new UTF8Encoding(false), options))
                writer.Write(text);

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
