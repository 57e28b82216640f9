using System.Diagnostics;
using BuildController.Tests.Informers.Client.Configuration;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Commands;

/// <summary>What the commands tell people to type works when it is typed.</summary>
[TestFixture]
[Category("Kubectl")]
public sealed class KubectlTests
{
    private const string ManifestText = """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: applied
          namespace: default
        data:
          key: value
        ---
        apiVersion: machineconfiguration.openshift.io/v1
        kind: MachineConfigPool
        metadata:
          name: infra
        spec:
          configuration:
            name: rendered-worker-7c4e1b9a3d5f60827b4d6f8091a2b3c4
        """;

    [SetUp]
    public void FindKubectl()
    {
        bool isThere = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(static folder => File.Exists(Path.Combine(folder, "kubectl")));
        if (!isThere || OperatingSystem.IsWindows())
            Assert.Ignore("There is no kubectl on the PATH, or no bash.");
    }

    [Test]
    public async Task Every_line_that_the_worker_prints_works_as_printed()
    {
        await using RunningCommand worker = await RunningCommand.StartAsync();
        worker.KubectlLines.Should().HaveCountGreaterThan(9);
        await TypeAsync(worker, "kubectl wait --for=condition=BuildSuccess mcp/worker");

        foreach (string line in worker.KubectlLines)
            await TypeAsync(worker, line);

        await TypeAsync(worker, "kubectl wait --for=condition=BuildSuccess mcp/worker");
        (await TypeAsync(worker, "kubectl describe mcp worker")).Should().Contain("BuildSucceeded").And.Contain("BuildFailed");
        (await TypeAsync(worker, "kubectl get events -A")).Should().Contain("RebuildRequested");
    }

    [Test]
    public async Task Every_line_that_the_cluster_prints_works_as_printed()
    {
        await using RunningCommand cluster = await RunningCommand.StartAsync("cluster");

        await TypeAsync(cluster, "kubectl run web --image=registry.example.com/web:1");
        foreach (string line in cluster.KubectlLines)
            await TypeAsync(cluster, line);

        (await TypeAsync(cluster, "kubectl get mcp")).Should().MatchRegex(@"worker +rendered-worker-\S+");
        (await TypeAsync(cluster, "kubectl get mcp worker -o yaml")).Should().Contain("rebuildImage: \"1\"").And.Contain("type: BuildSuccess");
    }

    [Test]
    public async Task Objects_are_applied_changed_and_deleted()
    {
        using var folder = new TemporaryFolder();
        string manifest = folder.Write("manifest.yaml", ManifestText);
        await using RunningCommand cluster = await RunningCommand.StartAsync("cluster");

        (await TypeAsync(cluster, $"kubectl apply -f {manifest}")).Should().Contain("configmap/applied created").And.Contain("/infra created");
        (await TypeAsync(cluster, $"kubectl apply -f {manifest}")).Should().Contain("configmap/applied unchanged").And.Contain("/infra unchanged");
        folder.Write("manifest.yaml", ManifestText.Replace("key: value", "key: other", StringComparison.Ordinal));
        (await TypeAsync(cluster, $"kubectl apply -f {manifest}")).Should().Contain("configmap/applied configured");
        (await TypeAsync(cluster, "kubectl get cm applied -o jsonpath={.data.key}")).Should().Be("other");
        (await TypeAsync(cluster, $"kubectl delete -f {manifest}")).Should().Contain("\"applied\" deleted").And.Contain("\"infra\" deleted");
        (await TypeAsync(cluster, "kubectl get cm,mcp -A -o name")).Should().NotContain("applied").And.NotContain("infra");
    }

    [Test]
    public async Task A_pod_runs_and_is_deleted()
    {
        await using RunningCommand cluster = await RunningCommand.StartAsync("cluster");

        await TypeAsync(cluster, "kubectl run web --image=registry.example.com/web:1");
        await TypeAsync(cluster, "kubectl wait --for=condition=Ready pod/web");
        (await TypeAsync(cluster, "kubectl get pods -A")).Should().MatchRegex(@"web +1/1 +Running");
        await TypeAsync(cluster, "kubectl delete pod web");
        (await TypeAsync(cluster, "kubectl get pods -A -o name")).Should().BeEmpty();
    }

    /// <summary>Types a line as a person would, in a shell with the KUBECONFIG that they were told; a watch is ended once it shows something.</summary>
    private static async Task<string> TypeAsync(RunningCommand command, string line)
    {
        using var shell = new Process();
        shell.StartInfo = new ProcessStartInfo("bash")
        {
            ArgumentList = { "-c", line },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        shell.StartInfo.Environment["KUBECONFIG"] = command.Kubeconfig;
        shell.Start();
        using var patience = new CancellationTokenSource(RunningCommand.Patience);
        if (line.EndsWith(" -w", StringComparison.Ordinal))
        {
            string? header = await shell.StandardOutput.ReadLineAsync(patience.Token);
            string? pod = await shell.StandardOutput.ReadLineAsync(patience.Token);
            shell.Kill(entireProcessTree: true);
            header.Should().StartWith("NAMESPACE");
            pod.Should().NotBeNullOrWhiteSpace();
            return pod!;
        }

        Task<string> output = shell.StandardOutput.ReadToEndAsync(patience.Token);
        Task<string> error = shell.StandardError.ReadToEndAsync(patience.Token);
        await shell.WaitForExitAsync(patience.Token);
        shell.ExitCode.Should().Be(0, "'{0}' should work, but said: {1}", line, await error);
        return await output;
    }
}
