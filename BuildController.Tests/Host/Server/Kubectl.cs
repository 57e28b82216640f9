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

    /// <summary>What its commands find in their environment beside the kubeconfig and the home.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Ignores the test when this machine has no kubectl.</summary>
    public static Kubectl FindOrIgnore()
    {
        if (Find() is not { } program)
        {
            Assert.Ignore("There is no kubectl on PATH: what it would make of the server is not tested here.");
            throw new InvalidOperationException();
        }

        return new Kubectl(program);
    }

    /// <summary>One of <see cref="Versions"/>.</summary>
    public static Kubectl At(string program) => new(program);

    /// <summary>Every kubectl that came with the one that is found: some packages bring several versions, side by side. Empty if there is none.</summary>
    public static IReadOnlyList<string> Versions()
    {
        if (Find() is not { } program)
            return [];

        string file = new FileInfo(program).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? program;
        string[] siblings = Directory.GetFiles(Path.GetDirectoryName(file)!, "kubectl.1.*");
        return siblings.Length > 0 ? [.. siblings.Order(StringComparer.Ordinal)] : [program];
    }

    private static string? Find()
    {
        string name = OperatingSystem.IsWindows() ? "kubectl.exe" : "kubectl";
        return System.Environment.GetEnvironmentVariable("KUBECTL") is { Length: > 0 } chosen
            ? chosen
            : (System.Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Combine(folder, name))
                .FirstOrDefault(File.Exists);
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

    /// <summary>Runs a command that must fail.</summary>
    /// <returns>What it complained of.</returns>
    public async Task<string> FailAsync(string command, string? input = null)
    {
        (int code, string output, string error) = await TryAsync(command, input);
        Assert.That(code, Is.Not.Zero, $"kubectl {command}\n{output}\n{error}");
        return error;
    }

    /// <summary>Writes a file into its home.</summary>
    /// <returns>The file's path.</returns>
    public string Write(string name, string text, bool isExecutable = false)
    {
        string path = Path.Combine(home, name);
        File.WriteAllText(path, text);
        if (isExecutable && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        return path;
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
        foreach ((string name, string value) in Environment)
            start.Environment[name] = value;

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
