using System.Text;

namespace BuildController.Tests.Host.Commands;

/// <summary>Takes what a command prints, and lets a test wait for a text in it.</summary>
internal sealed class ScreenWriter : TextWriter
{
    private readonly Lock gate = new();
    private readonly StringBuilder text = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Encoding Encoding => Encoding.UTF8;

    public string Text
    {
        get
        {
            lock (gate)
                return text.ToString();
        }
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value)
    {
        TaskCompletionSource seen;
        lock (gate)
        {
            text.Append(value);
            (seen, changed) = (changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        seen.SetResult();
    }

    public override void WriteLine(string? value) => Write(value + NewLine);

    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    /// <summary>Waits until the text is there; a command that ends before fails the wait with what it said.</summary>
    public async Task<string> WaitForAsync(string wanted, Task command, TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (text.ToString().Contains(wanted, StringComparison.Ordinal))
                    return text.ToString();

                next = changed.Task;
            }

            if (command.IsCompleted)
                throw new InvalidOperationException($"The command ended without '{wanted}': {Text}");

            await Task.WhenAny(next, command).WaitAsync(timeout.Token);
        }
    }
}
