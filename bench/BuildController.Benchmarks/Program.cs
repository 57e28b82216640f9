using System.CommandLine;
using BuildController.Benchmarks.Measure;
using BuildController.Benchmarks.Micro;
using BuildController.Benchmarks.Queue;
using BuildController.Benchmarks.Replay;

var root = new RootCommand("Measures BuildController's informers.")
{
    ReplayCommand.Create(),
    InformCommand.Create(),
    LimitCommand.Create(),
    LagCommand.Create(),
    MicroCommand.Create(),
    QueueCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
