using BuildController.Host.Commands;

namespace BuildController.Tests.Host.Commands;

/// <summary>A command of the host in this process, with a Ctrl-C of its own.</summary>
internal sealed class RunningCommand : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource interrupt = new();
    private readonly ScreenWriter output = new();
    private readonly StringWriter error = new();
    private readonly Task<int> run;

    private RunningCommand(string[] arguments) => run = Task.Run(() => CommandRunner.RunAsync(arguments, output, error, interrupt.Token));

    public string Output => output.Text;

    public string Error => error.ToString();

    /// <summary>The kubeconfig that the greeting names.</summary>
    public string Kubeconfig => Value("kubeconfig:");

    public Uri Address => new(Value("address:"));

    /// <summary>The kubectl lines that the greeting names, in order.</summary>
    public IReadOnlyList<string> KubectlLines => [.. Lines.Where(static line => line.StartsWith("kubectl ", StringComparison.Ordinal))];

    private IEnumerable<string> Lines => Output.Split('\n').Select(static line => line.Trim());

    /// <summary>Starts a command and waits until it has said how to end it.</summary>
    public static async Task<RunningCommand> StartAsync(params string[] arguments)
    {
        var command = new RunningCommand(arguments);
        await command.output.WaitForAsync("Ctrl-C ends it.", command.run, Patience);
        return command;
    }

    /// <summary>Presses Ctrl-C; returns the exit status.</summary>
    public Task<int> InterruptAsync()
    {
        interrupt.Cancel();
        return run.WaitAsync(TimeSpan.FromSeconds(20));
    }

    public async ValueTask DisposeAsync()
    {
        await InterruptAsync();
        interrupt.Dispose();
        output.Dispose();
        error.Dispose();
    }

    private string Value(string label) => Lines.First(line => line.StartsWith(label, StringComparison.Ordinal))[label.Length..].Trim();
}
