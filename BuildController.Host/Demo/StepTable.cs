using System.Globalization;
using BuildController.Host.Commands;
using BuildController.Informers.Api;
using Spectre.Console;

namespace BuildController.Host.Demo;

/// <summary>Prints each step as a row of a table as soon as it has ended: its time, and how it came out.</summary>
internal sealed class StepTable
{
    private readonly IAnsiConsole console;
    private readonly TimeProvider time;
    private readonly long started;
    private int steps;

    public StepTable(TextWriter output, TimeProvider time)
    {
        this.time = time;
        started = time.GetTimestamp();
        console = HostConsole.Create(output);
    }

    public void Begin(string title)
    {
        console.MarkupLineInterpolated($"[bold]{title}[/]");
        console.WriteLine();
        Row("[dim] [/]", "[dim]Step[/]", "[dim]Time[/]", "[dim]Result[/]");
        console.Write(new Rule().RuleStyle(Style.Parse("dim")));
    }

    /// <summary>Runs a step and prints its row; false if it failed.</summary>
    public async Task<bool> StepAsync(string name, Func<Task<string>> run)
    {
        long start = time.GetTimestamp();
        string label = $"{++steps}. {name}";
        try
        {
            string result = await run();
            Row("[green]ok[/]", Markup.Escape(label), Seconds(start), Markup.Escape(result));
            return true;
        }
        catch (Exception error) when (error is StepFailedException or ApiException)
        {
            Row("[red]FAIL[/]", Markup.Escape(label), Seconds(start), $"[red]{Markup.Escape(error.Message)}[/]");
            return false;
        }
    }

    public void End(bool succeeded)
    {
        console.Write(new Rule().RuleStyle(Style.Parse("dim")));
        string verdict = succeeded ? "[green]every step came out as expected[/]" : "[red]a step came out otherwise[/]";
        console.MarkupLine($"{steps} steps in {Seconds(started)}: {verdict}");
    }

    private void Row(string mark, string step, string seconds, string result) => console.Write(
        new Table().NoBorder().HideHeaders()
            .AddColumn(new TableColumn(string.Empty).Width(4).PadLeft(0))
            .AddColumn(new TableColumn(string.Empty).Width(32))
            .AddColumn(new TableColumn(string.Empty).Width(7).RightAligned())
            .AddColumn(new TableColumn(string.Empty).PadRight(0))
            .AddRow(mark, step, seconds, result));

    private string Seconds(long since) => time.GetElapsedTime(since).TotalSeconds.ToString("0.0 's'", CultureInfo.InvariantCulture);
}
