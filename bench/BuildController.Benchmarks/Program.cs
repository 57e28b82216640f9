using System.CommandLine;
using BuildController.Benchmarks.Machine;
using BuildController.Benchmarks.Measure;
using BuildController.Benchmarks.Micro;
using BuildController.Benchmarks.Queue;
using BuildController.Benchmarks.Rebuilds;
using BuildController.Benchmarks.Replay;

var root = new RootCommand("Measures BuildController.")
{
    ReplayCommand.Create(),
    InformCommand.Create(),
    LimitCommand.Create(),
    LagCommand.Create(),
    MicroCommand.Create(),
    QueueCommand.Create(),
    RebuildsCommand.Create(),
    MachineCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
