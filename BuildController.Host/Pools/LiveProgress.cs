using System.Globalization;
using Spectre.Console;

namespace BuildController.Host.Pools;

/// <summary>A spinner with the step that is under way, under the steps that are over: for terminals.</summary>
internal sealed class LiveProgress(string pool, IAnsiConsole console, TimeProvider time) : IProgressView
{
    private readonly long started = time.GetTimestamp();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StatusContext? status;
    private Task live = Task.CompletedTask;
    private RebuildProgress? current;

    public Task TellAsync(RebuildProgress progress)
    {
        if (current is { } over && over.Stage != progress.Stage)
            Line("[dim]·[/]", over.Stage, over.Message);

        current = progress;
        string text = $"{Markup.Escape(pool)} [bold]{progress.Stage.ToString().ToLowerInvariant()}[/]: {Markup.Escape(progress.Message.ReplaceLineEndings(" "))}";
        if (status is not null)
        {
            status.Status(text);
            return Task.CompletedTask;
        }

        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        live = console.Status().StartAsync(text, context =>
        {
            status = context;
            begun.SetResult();
            return ended.Task;
        });
        return begun.Task;
    }

    public async Task EndAsync(bool isGood, string message)
    {
        ended.TrySetResult();
        await live;
        console.MarkupLine($"{(isGood ? "[green]ok[/]" : "[red]FAILED[/]")} {Markup.Escape(pool)} {Markup.Escape(message)} [dim]{Elapsed}[/]");
    }

    private string Elapsed => string.Create(CultureInfo.InvariantCulture, $"{time.GetElapsedTime(started).TotalSeconds:0.0}s");

    private void Line(string mark, RebuildStage stage, string message) =>
        console.MarkupLine($"{mark} {Markup.Escape(pool)} {stage.ToString().ToLowerInvariant()}: {Markup.Escape(message.ReplaceLineEndings(" "))} [dim]{Elapsed}[/]");
}
