using System.CommandLine;
using BuildController.Core.Images;

namespace BuildController.Benchmarks.Rebuilds;

/// <summary><c>rebuilds</c>: what it costs to rebuild many pools that are asked for at once.</summary>
internal static class RebuildsCommand
{
    public static Command Create()
    {
        var pools = new Option<int>("--pools") { Description = "How many pools there are.", DefaultValueFactory = static _ => 500 };
        pools.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--pools must be at least 1.");
        });
        var builder = new Option<string>("--builder") { Description = "Who builds.", DefaultValueFactory = static _ => ImageBuilderType.CustomPodBuilder.Text() };
        builder.AcceptOnlyFromAmong(ImageBuilderType.CustomPodBuilder.Text(), ImageBuilderType.OpenShiftImageBuilder.Text());
        var verbose = new Option<bool>("--calls") { Description = "Also tell which API calls were made, for each rebuild." };
        var command = new Command("rebuilds", "Rebuilds all pools of an embedded cluster at once.") { pools, builder, verbose };
        command.SetAction(async (result, stop) =>
        {
            ImageBuilderType type = ImageBuilderTypes.Parse(result.GetValue(builder)) ?? ImageBuilderType.CustomPodBuilder;
            var run = new RebuildsRun(result.GetValue(pools), type, result.GetValue(verbose));
            try
            {
                await run.MeasureAsync(stop);
                return 0;
            }
            catch (TimeoutException error)
            {
                await Console.Error.WriteLineAsync(error.Message);
                return 1;
            }
        });
        return command;
    }
}
