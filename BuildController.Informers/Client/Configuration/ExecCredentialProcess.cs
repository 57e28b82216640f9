using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using BuildController.Informers.Api;
using BuildController.Informers.Execution;

namespace BuildController.Informers.Client.Configuration;

/// <summary>One run of a credential command.</summary>
internal static class ExecCredentialProcess
{
    private const int MaxQuoted = 500;

    /// <exception cref="ApiException">The command failed; the message has the end of what it wrote to standard error.</exception>
    public static async Task<ExecCredential> RunAsync(
        ExecCredentialPlugin plugin, ClusterConfiguration configuration, OperatorRuntime runtime, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(plugin.Timeout, runtime.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using Process process = Start(plugin, configuration);
        try
        {
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(ended.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(ended.Token);
            await Task.WhenAll(output, errors, process.WaitForExitAsync(ended.Token));
            return process.ExitCode == 0
                ? ExecCredential.Parse(await output, plugin.ApiVersion)
                : throw Failed(plugin, $"it ended with exit code {process.ExitCode}{Quote(await errors)}");
        }
        catch (FormatException error)
        {
            throw Failed(plugin, error.Message, error);
        }
        catch (OperationCanceledException error) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Failed(plugin, $"it did not end within {plugin.Timeout.TotalSeconds:0.###} s", error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ExecCredentialPlugin plugin, ClusterConfiguration configuration)
    {
        var start = new ProcessStartInfo(plugin.Command, plugin.Arguments)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in plugin.Environment)
            start.Environment[name] = value;

        start.Environment["KUBERNETES_EXEC_INFO"] = Describe(plugin, configuration);
        try
        {
            return Process.Start(start) ?? throw Failed(plugin, "it could not be started");
        }
        catch (Win32Exception error)
        {
            string hint = plugin.InstallHint is null ? string.Empty : $". {plugin.InstallHint.ReplaceLineEndings(" ").Trim()}";
            throw Failed(plugin, $"it could not be started ({error.NativeErrorCode switch { 2 => "no such file", 13 => "permission denied", _ => error.Message }}){hint}", error);
        }
    }

    /// <summary>What the command is told: the form wanted, that nobody answers questions, and the cluster if it asked for it.</summary>
    private static string Describe(ExecCredentialPlugin plugin, ClusterConfiguration configuration)
    {
        var text = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            writer.WriteString("apiVersion"u8, plugin.ApiVersion);
            writer.WriteString("kind"u8, "ExecCredential"u8);
            writer.WriteStartObject("spec"u8);
            writer.WriteBoolean("interactive"u8, false);
            if (plugin.ProvideClusterInfo)
                WriteCluster(writer, configuration);

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static void WriteCluster(Utf8JsonWriter writer, ClusterConfiguration configuration)
    {
        writer.WriteStartObject("cluster"u8);
        writer.WriteString("server"u8, configuration.Server.OriginalString);
        if (configuration.TlsServerName is not null)
            writer.WriteString("tls-server-name"u8, configuration.TlsServerName);

        if (configuration.SkipTlsVerify)
            writer.WriteBoolean("insecure-skip-tls-verify"u8, true);

        if (configuration.Proxy is not null)
            writer.WriteString("proxy-url"u8, configuration.Proxy.OriginalString);

        if (configuration.CertificateAuthorities.Count > 0)
        {
            string pem = string.Join('\n', configuration.CertificateAuthorities.Select(static authority => authority.ExportCertificatePem()));
            writer.WriteBase64String("certificate-authority-data"u8, Encoding.UTF8.GetBytes(pem));
        }

        writer.WriteEndObject();
    }

    private static ApiException Failed(ExecCredentialPlugin plugin, string what, Exception? innerException = null) => new(
        ApiErrorReason.Unauthorized,
        $"The command {plugin.Command} gave no credentials: {what}.",
        innerException);

    private static string Quote(string errors)
    {
        string text = errors.ReplaceLineEndings(" ").Trim();
        return text.Length == 0 ? string.Empty : $" and wrote: {(text.Length <= MaxQuoted ? text : "…" + text[^MaxQuoted..])}".TrimEnd('.');
    }
}
