using System.Diagnostics;
using BuildController.Tests.Docs;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

/// <summary>A client of another language, which shares no line with ours and knows nothing but the kubeconfig.</summary>
public sealed class ForeignClientTests : ServerFixture
{
    [Test]
    public async Task A_client_in_Node_lists_watches_and_patches()
    {
        string? node = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(static folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "node.exe" : "node"))
            .FirstOrDefault(File.Exists);
        if (node is null)
            Assert.Ignore("There is no node on PATH.");

        string folder = Directory.CreateTempSubdirectory("node").FullName;
        try
        {
            string kubeconfig = Path.Combine(folder, "config");
            Server.WriteKubeconfig(kubeconfig);
            string script = Repository.PathOf("BuildController.Tests", "scripts", "node-client.mjs");
            using Process process = Process.Start(new ProcessStartInfo(node!, [script, kubeconfig]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(Cancellation), error = process.StandardError.ReadToEndAsync(Cancellation);
            await process.WaitForExitAsync(Cancellation);

            (process.ExitCode, await error).Should().Be((0, string.Empty));
            (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().Equal(
                "version 1.32", "listed node hello, wörld", "patched bye", "MODIFIED bye", "DELETED node", "404 NotFound configmaps \"node\" not found");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
