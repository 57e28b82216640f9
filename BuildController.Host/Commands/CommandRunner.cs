using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using BuildController.Host.Configuration;
using BuildController.Host.Server;
using BuildController.Informers.Api;
using BuildController.Informers.Client.Configuration;

namespace BuildController.Host.Commands;

/// <summary>
/// Runs a command line. What a person can mend is told in one line on standard error: exit status 2 if the command line
/// itself makes no sense, 1 for everything else.
/// </summary>
internal static class CommandRunner
{
    private const int Failed = 1;
    private const int Misused = 2;

    /// <summary>Runs a command line in the environment of this process.</summary>
    public static Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken) =>
        RunAsync(arguments, SettingReader.OfProcess(), output, error, cancellationToken);

    /// <param name="arguments">The command line.</param>
    /// <param name="reader">What else says how to run.</param>
    /// <param name="output">What the command prints.</param>
    /// <param name="error">What it complains of.</param>
    /// <param name="cancellationToken">Ends it in order.</param>
    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, SettingReader reader, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        ParseResult parsed = new CommandLine(reader).Root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
            return await TellAsync(error, Misused, $"{Explain(parsed, arguments)} Try --help.");

        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,

            // Signals are ours: see TerminationSignal.
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
        catch (SettingsException fault)
        {
            foreach (string mistake in fault.Mistakes)
                await TellAsync(error, Misused, mistake);

            return Misused;
        }
        catch (UsageException fault)
        {
            return await TellAsync(error, Misused, fault.Message);
        }
        catch (Exception fault) when (fault is KubeConfigException or PortInUseException or ApiException or IOException)
        {
            return await TellAsync(error, Failed, fault.Message);
        }
    }

    /// <summary>The first error that names something; what follows is often only its consequence.</summary>
    private static string Explain(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string token = parsed.UnmatchedTokens[0];
            Command command = parsed.CommandResult.Command;
            if (Settings.All.FirstOrDefault(setting => setting.IsSwitch && arguments.Contains($"{setting.Flag}={token}")) is { } misspelt)
                return $"{misspelt.Flag}: {misspelt.Complain(token)}";

            if (token.StartsWith('-'))
                return command is RootCommand ? $"unknown option '{token}'." : $"{command.Name} has no option '{token}'.";

            return command is RootCommand
                ? $"unknown command '{token}': there are {List(command.Subcommands)}."
                : command.Arguments.Count > 0
                    ? $"{command.Name} takes one argument, but was also given '{token}'."
                    : $"{command.Name} takes no argument, but was given '{token}'.";
        }

        ParseError error = parsed.Errors[0];
        if (error.SymbolResult is ArgumentResult { Argument: var missing, Tokens.Count: 0, Parent: CommandResult { Command: var of } })
            return $"{of.Name} needs an argument: {of.Name} {missing.Name}.";

        return error.SymbolResult is OptionResult { Option: var option, Tokens: var values } && option.HelpName is { } value && values.Count != 1
            ? values.Count == 0 ? $"{option.Name} needs a value: {option.Name} <{value}>." : $"{option.Name} is given {values.Count} times: give it once."
            : error.Message;
    }

    private static string List(IEnumerable<Command> commands)
    {
        string[] names = [.. commands.Select(static known => known.Name)];
        return $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";
    }

    private static async Task<int> TellAsync(TextWriter error, int exitCode, string message)
    {
        await error.WriteLineAsync($"error: {message.ReplaceLineEndings(" ")}");
        return exitCode;
    }
}
