using System.Diagnostics;
using BuildController.Host.Commands;

namespace BuildController.Tests.Host.Commands;

/// <summary>The built host as a process of its own.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process process;
    private readonly ScreenWriter output = new();
    private readonly ScreenWriter error = new();
    private readonly Task exited;

    private HostProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => output.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => error.WriteLine(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        exited = process.WaitForExitAsync();
    }

    /// <summary>The process' id.</summary>
    public int Id => process.Id;

    public string Output => output.Text;

    public string Error => error.Text;

    public string Kubeconfig => Output.Split("kubeconfig:", 2)[1].Split('\n', 2)[0].Trim();

    /// <param name="command">The command line.</param>
    /// <param name="ignoresInterrupt">Whether it starts as a script's background job does, with SIGINT ignored.</param>
    /// <param name="environment">What to set besides.</param>
    public static HostProcess Start(string command, bool ignoresInterrupt = false, IReadOnlyDictionary<string, string>? environment = null)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string trap = ignoresInterrupt ? "trap '' INT; " : string.Empty;
        var start = new ProcessStartInfo("bash") { ArgumentList = { "-c", $"{trap}exec '{dotnet}' exec '{typeof(CommandRunner).Assembly.Location}' {command}" } };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        return new HostProcess(start);
    }

    public Task WaitForAsync(string text) => output.WaitForAsync(text, exited, RunningCommand.Patience);

    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", $"-{name} {process.Id}");
        kill.WaitForExit();
    }

    public async Task<int> ExitAsync(TimeSpan within)
    {
        await exited.WaitAsync(within);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);

        process.Dispose();
        output.Dispose();
        error.Dispose();
    }
}
