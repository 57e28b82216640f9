using System.CommandLine;
using BuildController.Benchmarks.Measure;
using BuildController.Benchmarks.Replay;

var root = new RootCommand("Measures BuildController's informers.")
{
    ReplayCommand.Create(),
    InformCommand.Create(),
    LimitCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
