using System.Diagnostics;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

/// <summary>
/// Runs the real kubectl against a kubeconfig, with a home of its own, so that nothing of the machine's configuration or
/// cache plays a part. KUBECTL names another one than the first on PATH.
/// </summary>
internal sealed class Kubectl : IDisposable
{
    private readonly string program;
    private readonly string home = Directory.CreateTempSubdirectory("kubectl").FullName;

    private Kubectl(string program) => this.program = program;

    public string Kubeconfig => Path.Combine(home, "config");

    /// <summary>Ignores the test when this machine has no kubectl.</summary>
    public static Kubectl FindOrIgnore()
    {
        string name = OperatingSystem.IsWindows() ? "kubectl.exe" : "kubectl";
        string? program = Environment.GetEnvironmentVariable("KUBECTL") is { Length: > 0 } chosen
            ? chosen
            : (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Combine(folder, name))
                .FirstOrDefault(File.Exists);
        if (program is null)
            Assert.Ignore("There is no kubectl on PATH: what it would make of the server is not tested here.");

        return new Kubectl(program);
    }

    /// <summary>Runs a command that must succeed.</summary>
    /// <param name="command">The arguments; quote what holds spaces with single quotes.</param>
    /// <param name="input">What <c>-f -</c> reads.</param>
    /// <returns>What it printed.</returns>
    public async Task<string> RunAsync(string command, string? input = null)
    {
        (int code, string output, string error) = await TryAsync(command, input);
        Assert.That(code, Is.Zero, $"kubectl {command}\n{output}\n{error}");
        return output;
    }

    /// <summary>Runs a command.</summary>
    public async Task<(int Code, string Output, string Error)> TryAsync(string command, string? input = null)
    {
        using Process process = Start(command);
        if (input is not null)
            await process.StandardInput.WriteAsync(input);

        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(ServerFixture.Cancellation);
        Task<string> error = process.StandardError.ReadToEndAsync(ServerFixture.Cancellation);
        try
        {
            await process.WaitForExitAsync(ServerFixture.Cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }

        return (process.ExitCode, await output, await error);
    }

    /// <summary>Starts a command that goes on until it is killed.</summary>
    public Process Start(string command)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in Split(command))
            start.ArgumentList.Add(argument);

        start.Environment["KUBECONFIG"] = Kubeconfig;
        start.Environment["HOME"] = home;
        start.Environment["NO_PROXY"] = "*";
        return Process.Start(start)!;
    }

    public void Dispose() => Directory.Delete(home, recursive: true);

    private static IEnumerable<string> Split(string command)
    {
        string[] parts = command.Split('\'');
        for (int i = 0; i < parts.Length; i++)
        {
            if (i % 2 == 1)
            {
                yield return parts[i];
                continue;
            }

            foreach (string word in parts[i].Split(' ', StringSplitOptions.RemoveEmptyEntries))
                yield return word;
        }
    }
}
