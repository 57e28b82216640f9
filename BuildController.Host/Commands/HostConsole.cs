using Spectre.Console;

namespace BuildController.Host.Commands;

/// <summary>Makes consoles: colours and movement for a terminal, plain text for everything else and where NO_COLOR asks for it.</summary>
internal static class HostConsole
{
    private const int PipeWidth = 120;
    private const int WidestRow = 140;

    public static IAnsiConsole Create(TextWriter output)
    {
        var target = new AnsiConsoleOutput(output);
        bool isPlain = !target.IsTerminal || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = target,
            Ansi = isPlain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isPlain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });

        // A pipe has no width of its own, and 80 columns would break most rows.
        console.Profile.Width = target.IsTerminal ? Math.Min(console.Profile.Width, WidestRow) : PipeWidth;
        return console;
    }

    /// <summary>Whether somebody watches.</summary>
    public static bool IsTerminal(TextWriter output) => new AnsiConsoleOutput(output).IsTerminal;
}
