using System.Runtime.InteropServices;

namespace BuildController.Host.Commands;

/// <summary>
/// Turns Ctrl-C and SIGTERM into a cancelled token, so that everything stops in order. The second signal ends the process
/// at once, as if nobody had listened.
/// </summary>
internal sealed class TerminationSignal : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;

    public TerminationSignal()
    {
        InheritedSignals.StopIgnoringInterrupt();
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ];
    }

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
            registration.Dispose();

        source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (source.IsCancellationRequested)
            return;

        context.Cancel = true;
        source.Cancel();
    }
}
