using System.Threading.Channels;

namespace BuildController.Benchmarks.Replay;

/// <summary>Lets through one who waits for each who opens; the opener waits until somebody is there.</summary>
internal sealed class StartGate
{
    private readonly Channel<TaskCompletionSource> waiting = Channel.CreateUnbounded<TaskCompletionSource>();

    /// <summary>Waits until the gate is opened, or for the longest time.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await waiting.Writer.WriteAsync(opened, cancellationToken);
        try
        {
            await opened.Task.WaitAsync(longest, cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            opened.TrySetCanceled(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Lets the first through who still waits.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        while (!(await waiting.Reader.ReadAsync(cancellationToken)).TrySetResult())
        {
        }
    }
}
