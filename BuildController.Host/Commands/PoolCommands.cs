using System.CommandLine;
using BuildController.Host.Configuration;
using BuildController.Host.Pools;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Host.Commands;

/// <summary>The commands of an admin: they talk to a real cluster and end.</summary>
internal sealed class PoolCommands(SettingReader reader, SettingOptions options, Option<bool> verbose)
{
    private static readonly SettingKind<TimeSpan> Patience = SettingKinds.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(24));
    private static readonly SettingKind<OutputFormat> Format = SettingKinds.Choice("output format", ("table", OutputFormat.Table), ("json", OutputFormat.Json), ("yaml", OutputFormat.Yaml));

    public Command Rebuild()
    {
        var pool = new Argument<string>("POOL") { Description = "The machine config pool." };
        var wait = new Option<bool>("--wait", "-w") { Description = "Wait until the image is built or the build has failed, and show how far it is." };
        var timeout = new Option<string?>("--timeout") { Description = "With --wait: how long to wait at most, as '90s' or '1h30m'; for ever if not given.", HelpName = "duration" };
        var rebuild = new Command("rebuild", "Ask for a rebuild of a pool's image. Exit status 0 when it was asked for, or built with --wait, 1 when it was not.") { pool, wait, timeout };
        options.AddTo(rebuild, Settings.OfConnection);
        rebuild.SetAction((parsed, cancellationToken) =>
        {
            SettingValues values = reader.Read(Settings.OfConnection, options.Given(parsed));
            TimeSpan? patience = parsed.GetValue(wait) ? Timeout.InfiniteTimeSpan : null;
            if (parsed.GetValue(timeout) is { } text)
            {
                if (patience is null)
                    values.Reject("--timeout: goes with --wait.");
                else if (Patience.TryParse(text, out TimeSpan bound))
                    patience = bound;
                else
                    values.Reject($"--timeout: '{text}' is no {Patience.Noun}: give {Patience.Allowed}.");
            }

            TextWriter output = parsed.InvocationConfiguration.Output;
            return ConnectAsync(parsed, values, (clientset, runtime) =>
            {
                string name = parsed.GetValue(pool)!;
                IProgressView view = HostConsole.IsTerminal(output)
                    ? new LiveProgress(name, HostConsole.Create(output), runtime.Time)
                    : new PlainProgress(name, output, runtime.Time);
                return RebuildCommand.RunAsync(name, patience, clientset, view, runtime, cancellationToken);
            });
        });
        return rebuild;
    }

    public Command Status()
    {
        var pool = new Argument<string?>("POOL") { Description = "The machine config pool; all if not given.", Arity = ArgumentArity.ZeroOrOne };
        var format = new Option<string?>("--output", "-o") { Description = $"How to print: {Format.Allowed}.", HelpName = Format.HelpName };
        var status = new Command("status", "Show how far the images of pools are.") { pool, format };
        options.AddTo(status, Settings.OfConnection);
        status.SetAction((parsed, cancellationToken) =>
        {
            SettingValues values = reader.Read(Settings.OfConnection, options.Given(parsed));
            var chosen = OutputFormat.Table;
            if (parsed.GetValue(format) is { } text && !Format.TryParse(text, out chosen))
                values.Reject($"--output: '{text}' is no {Format.Noun}: give {Format.Allowed}.");

            return ConnectAsync(parsed, values, async (clientset, runtime) =>
            {
                await StatusCommand.RunAsync(parsed.GetValue(pool), chosen, clientset, runtime.Time, parsed.InvocationConfiguration.Output, cancellationToken);
                return 0;
            });
        });
        return status;
    }

    private async Task<int> ConnectAsync(ParseResult parsed, SettingValues values, Func<IClientset, OperatorRuntime, Task<int>> run)
    {
        ConnectionSettings connection = ConnectionSettings.From(values);
        values.ThrowIfWrong();
        ClusterConfiguration cluster = connection.ResolveReal();
        using ILoggerFactory loggers = HostLogging.Create(parsed.GetValue(verbose) ? LogLevel.Debug : LogLevel.Error);
        var runtime = new OperatorRuntime { LoggerFactory = loggers };
        await using var clientset = new HttpClientset(cluster with { UserAgent = "machine-os-builder-cli" }, runtime);
        try
        {
            return await run(clientset, runtime);
        }
        catch (ApiException error)
        {
            throw ClusterComplaint.Of(error, cluster);
        }
    }
}
