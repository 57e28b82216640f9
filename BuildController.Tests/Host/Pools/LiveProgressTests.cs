using BuildController.Host.Pools;
using FluentAssertions;
using NUnit.Framework;
using Spectre.Console;

namespace BuildController.Tests.Host.Pools;

[TestFixture]
public sealed class LiveProgressTests
{
    [Test]
    public async Task Steps_that_are_over_stay_as_lines_and_the_end_is_marked()
    {
        using var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.Yes,
        });
        var view = new LiveProgress("worker", console, TimeProvider.System);

        await view.TellAsync(new RebuildProgress(RebuildStage.Requested, "waits [here]"));
        await view.TellAsync(new RebuildProgress(RebuildStage.Building, "runs\nnow"));
        await view.EndAsync(true, "built: image@sha256:a");

        output.ToString().Should().Contain("worker requested: waits [here]").And.Contain("ok worker built: image@sha256:a").And.NotContain("runs\nnow");
    }

    [Test]
    public async Task A_bad_end_without_any_step_is_told_too()
    {
        using var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No });

        await new LiveProgress("worker", console, TimeProvider.System).EndAsync(false, "failed: BuildFailed: [red]no[/]");

        output.ToString().Should().Contain("FAILED worker failed: BuildFailed: [red]no[/]");
    }
}
