using System.Runtime.InteropServices;

namespace BuildController.Host.Commands;

/// <summary>
/// A script's shell starts its background jobs with SIGINT ignored, and .NET leaves an ignored signal ignored even when
/// somebody registers for it: <c>kill -INT</c> would then never end a worker that a script has started.
/// </summary>
internal static class InheritedSignals
{
    private const int Interrupt = 2;
    private const nint Default = 0;
    private const nint Ignored = 1;

    /// <summary>Larger than the structure of any system; the handler is its first member on all of them.</summary>
    private const int ActionSize = 256;

    public static void StopIgnoringInterrupt()
    {
        if (OperatingSystem.IsWindows())
            return;

        byte[] action = new byte[ActionSize];
        if (GetAction(Interrupt, 0, action) == 0 && MemoryMarshal.Read<nint>(action) == Ignored)
            SetHandler(Interrupt, Default);
    }

    [DllImport("libc", EntryPoint = "sigaction")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetAction(int signal, nint newAction, byte[] currentAction);

    [DllImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SetHandler(int signal, nint handler);
}
