using System.Diagnostics;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

/// <summary>A server for each test, and the real kubectl that is pointed at it.</summary>
[Category("Kubectl")]
public abstract class KubectlFixture : ServerFixture
{
    internal const string Manifests = """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: c
        data:
          a: "1"
        ---
        apiVersion: demo.example.com/v1
        kind: Widget
        metadata:
          name: w
        spec:
          size: 3
          note: plain
        """;

    internal Kubectl Kubectl { get; private set; } = null!;

    [SetUp]
    public void FindKubectl()
    {
        Kubectl = Kubectl.FindOrIgnore();
        Server.WriteKubeconfig(Kubectl.Kubeconfig);
    }

    [TearDown]
    public void DisposeKubectl() => Kubectl?.Dispose();

    internal static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    internal static string[] Words(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Goes on until it shows a line that contains a text, and is killed then.</summary>
    /// <returns>The line.</returns>
    internal static async Task<string> LineWithAsync(Process command, string text)
    {
        while (await command.StandardOutput.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
                return line;
        }

        throw new AssertionException($"It ended without a line with '{text}': {await command.StandardError.ReadToEndAsync(Cancellation)}");
    }
}
