using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using BuildController.Host.Demo;
using Microsoft.Extensions.Logging;

namespace BuildController.Host.Commands;

/// <summary>The host's commands and options, and what each stands for.</summary>
internal static partial class CommandLine
{
    private static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "Log every step.", Recursive = true };

    public static RootCommand Create()
    {
        RootCommand root = Worker();
        root.Options.Add(Verbose);
        root.Subcommands.Add(DemoTour());
        root.Subcommands.Add(Cluster());
        return root;
    }

    private static RootCommand Worker()
    {
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "Work on the cluster of this kubeconfig.", HelpName = "path" };
        var context = new Option<string?>("--context") { Description = "Which context of the kubeconfig; its current one if not given.", HelpName = "name" };
        var server = new Option<Uri?>("--server") { Description = "Work on the cluster at this URL.", HelpName = "url", CustomParser = ParseServer };
        var tokenFile = new Option<string?>("--token-file") { Description = "A file with the bearer token for --server; read again when it changes.", HelpName = "path" };
        var authority = new Option<string?>("--certificate-authority") { Description = "A file with the certificates to trust for --server, PEM.", HelpName = "path" };
        var insecure = new Option<bool>("--insecure-skip-tls-verify") { Description = "Trust whatever answers at --server: for tests only." };
        var @namespace = new Option<string>("--namespace", "-n") { Description = "The namespace of builds and their inputs.", HelpName = "name", DefaultValueFactory = static _ => "openshift-machine-config-operator" };
        RejectBadNamespace(@namespace);
        var port = new Option<int?>("--port") { Description = "The port of the embedded cluster; a free one if not given or 0.", HelpName = "port" };
        RejectBadPort(port);

        var root = new RootCommand(
            "Builds and rebuilds the OS images of OpenShift's machine config pools. In a pod, or with --kubeconfig or --server, it works on that cluster; "
            + "without, it brings an embedded cluster to try it on, and touches no other.")
        {
            kubeconfig, context, server, tokenFile, authority, insecure, @namespace, port,
        };
        root.SetAction((parsed, cancellationToken) => WorkerCommand.RunAsync(
            new WorkerSettings
            {
                Connection = new ConnectionSettings
                {
                    Kubeconfig = parsed.GetValue(kubeconfig),
                    Context = parsed.GetValue(context),
                    Server = parsed.GetValue(server),
                    TokenFile = parsed.GetValue(tokenFile),
                    CertificateAuthority = parsed.GetValue(authority),
                    SkipTlsVerify = parsed.GetValue(insecure),
                },
                Port = parsed.GetValue(port),
                Namespace = parsed.GetValue(@namespace)!,
                LogLevel = parsed.GetValue(Verbose) ? LogLevel.Debug : LogLevel.Information,
            },
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return root;
    }

    private static Command DemoTour()
    {
        var demo = new Command("demo", "A tour that ends by itself: first build, rebuild, failure, retry limit and recovery, on an embedded cluster.");
        demo.SetAction((parsed, cancellationToken) => DemoCommand.RunAsync(
            parsed.GetValue(Verbose) ? LogLevel.Debug : LogLevel.None, parsed.InvocationConfiguration.Output, cancellationToken));
        return demo;
    }

    private static Command Cluster()
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
                LogLevel = parsed.GetValue(Verbose) ? LogLevel.Debug : LogLevel.Information,
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

    private static void RejectBadNamespace(Option<string> @namespace) => @namespace.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && !NamespaceName().IsMatch(token.Value))
            result.AddError($"--namespace: '{token.Value}' is no namespace: give lower-case letters, digits and '-', 63 at most.");
    });

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\z")]
    private static partial Regex NamespaceName();

    private static double? ParseRate(System.CommandLine.Parsing.ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double rate) && rate is >= 0 and <= 1)
            return rate;

        result.AddError($"--fault-rate: '{text}' is no rate: give a number from 0 to 1, as 0.25.");
        return null;
    }

    private static Uri? ParseServer(System.CommandLine.Parsing.ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? server) && server.Scheme is "http" or "https")
            return server;

        result.AddError($"--server: '{text}' is no URL: expected http:// or https://, a host and perhaps a port.");
        return null;
    }
}
