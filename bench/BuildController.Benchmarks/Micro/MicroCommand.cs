using System.CommandLine;
using BenchmarkDotNet.Running;

namespace BuildController.Benchmarks.Micro;

/// <summary><c>micro</c>: single parts, by BenchmarkDotNet, whose own arguments follow.</summary>
internal static class MicroCommand
{
    public static Command Create()
    {
        var arguments = new Argument<string[]>("arguments") { Description = "Arguments of BenchmarkDotNet, after --; for example -- --filter *Decode*.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("micro", "Measures store, index, FIFO and decoding one by one.") { arguments };
        command.SetAction(result =>
        {
            string[] given = result.GetValue(arguments) ?? [];
            BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(given.Length > 0 ? given : ["--filter", "*"]);
        });
        return command;
    }
}
