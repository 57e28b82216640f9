using System.CommandLine;
using System.Globalization;
using BuildController.Host.Configuration;
using BuildController.Host.Demo;
using Microsoft.Extensions.Logging;

namespace BuildController.Host.Commands;

/// <summary>The host's commands and options, and what each stands for.</summary>
internal sealed class CommandLine
{
    private readonly Option<bool> verbose = new("--verbose", "-v") { Description = "Log every step.", Recursive = true };
    private readonly SettingOptions options = new(Settings.All);
    private readonly SettingReader reader;

    /// <summary>Makes the command line.</summary>
    /// <param name="reader">What says how to run besides the line.</param>
    public CommandLine(SettingReader reader)
    {
        this.reader = reader;
        Root = Worker();
        Root.Options.Add(verbose);
        Root.Subcommands.Add(DemoTour());
        Root.Subcommands.Add(Cluster());
        var pools = new PoolCommands(reader, options, verbose);
        Root.Subcommands.Add(pools.Rebuild());
        Root.Subcommands.Add(pools.Status());
        Root.Subcommands.Add(new ManifestsCommand(options).Create());
    }

    public RootCommand Root { get; }

    private RootCommand Worker()
    {
        var port = new Option<int?>("--port") { Description = "The port of the embedded cluster; a free one if not given or 0.", HelpName = "port" };
        RejectBadPort(port);

        var root = new RootCommand(
            "Builds and rebuilds the OS images of OpenShift's machine config pools. In a pod, or with --kubeconfig or --server, it works on that cluster; "
            + "without, it brings an embedded cluster to try it on, and touches no other. What a flag does not say the environment variable in brackets may, "
            + $"and after it {SettingReader.FileName} in the working directory.")
        {
            port,
        };
        options.AddTo(root, Settings.All);
        root.SetAction((parsed, cancellationToken) =>
        {
            SettingValues values = reader.Read(Settings.All, options.Given(parsed));
            WorkerSettings settings = WorkerSettings.From(values, reader.Environment, parsed.GetValue(verbose)) with { Port = parsed.GetValue(port) };
            values.ThrowIfWrong();
            return WorkerCommand.RunAsync(settings, parsed.InvocationConfiguration.Output, cancellationToken);
        });
        return root;
    }

    private Command DemoTour()
    {
        var demo = new Command("demo", "A tour that ends by itself: first build, rebuild, failure, retry limit and recovery, on an embedded cluster.");
        demo.SetAction((parsed, cancellationToken) => DemoCommand.RunAsync(
            parsed.GetValue(verbose) ? LogLevel.Debug : LogLevel.None, parsed.InvocationConfiguration.Output, cancellationToken));
        return demo;
    }

    private Command Cluster()
    {
        var port = new Option<int>("--port") { Description = "The port to listen on, on the loopback addresses; 0 takes a free one.", HelpName = "port", DefaultValueFactory = static _ => 0 };
        RejectBadPort(port);
        var withoutKubelet = new Option<bool>("--no-kubelet") { Description = "Leave pods as they are created, instead of taking them through their phases." };
        var faults = new Option<int?>("--faults") { Description = "Let faults befall the requests of clients, drawn from this seed: refusals, resets, lost answers, broken watches, restarts.", HelpName = "seed" };
        RejectBadSeed(faults);
        var faultRate = new Option<double?>("--fault-rate") { Description = "The part of requests and watches that something befalls, from 0 to 1; without it 0.1 and 0.33.", HelpName = "rate", CustomParser = ParseRate };
        var cluster = new Command("cluster", "The embedded cluster alone, for kubectl or any other client.") { port, withoutKubelet, faults, faultRate };
        cluster.SetAction((parsed, cancellationToken) => ClusterCommand.RunAsync(
            new ClusterSettings
            {
                Port = parsed.GetValue(port),
                WithoutKubelet = parsed.GetValue(withoutKubelet),
                Faults = Faults(parsed.GetValue(faults), parsed.GetValue(faultRate)),
                LogLevel = parsed.GetValue(verbose) ? LogLevel.Debug : LogLevel.Information,
            },
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return cluster;
    }

    private static FaultSettings? Faults(int? seed, double? rate) => (seed, rate) switch
    {
        (null, null) => null,
        (null, _) => throw new UsageException("--fault-rate goes with --faults: give the seed to draw from, too."),
        ({ } value, _) => new FaultSettings(value) { Rate = rate },
    };

    private static void RejectBadPort<T>(Option<T> port) => port.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && (!int.TryParse(token.Value, out int value) || value is < 0 or > 65535))
            result.AddError($"--port: '{token.Value}' is no port: give a number from 0 to 65535.");
    });

    private static void RejectBadSeed(Option<int?> seed) => seed.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && !int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            result.AddError($"--faults: '{token.Value}' is no seed: give a whole number from 0 to {int.MaxValue}.");
    });

    private static double? ParseRate(System.CommandLine.Parsing.ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double rate) && rate is >= 0 and <= 1)
            return rate;

        result.AddError($"--fault-rate: '{text}' is no rate: give a number from 0 to 1, as 0.25.");
        return null;
    }
}
