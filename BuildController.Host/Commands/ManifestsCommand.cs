using System.CommandLine;
using BuildController.Host.Configuration;
using BuildController.Host.Manifests;

namespace BuildController.Host.Commands;

/// <summary>The command that prints what to apply to a cluster.</summary>
internal sealed class ManifestsCommand(SettingOptions options)
{
    private const string DefaultImage = "machine-os-build-controller:latest";
    private static readonly SettingKind<int> Count = SettingKinds.Number("number of workers", 1, 10);

    /// <summary>What the Deployment says by itself, or what makes no sense in it.</summary>
    private static readonly Setting[] NotPassedOn = [.. Settings.OfConnection, Settings.Namespace, Settings.MetricsAddress, Settings.LogFormat, Settings.LeaseNamespace, Settings.LeaderElect];

    private static readonly Setting[] Known = [Settings.Namespace, .. Settings.All.Except(NotPassedOn)];

    public Command Create()
    {
        var image = new Option<string>("--image") { Description = "The worker's image.", HelpName = "image", DefaultValueFactory = static _ => DefaultImage };
        var replicas = new Option<string>("--replicas") { Description = "How many workers; one leads, the others stand by.", HelpName = "number", DefaultValueFactory = static _ => "2" };
        var definitions = new Option<bool>("--crds") { Description = "Define the machine config operator's resources too, for clusters that are not OpenShift." };
        var monitoring = new Option<bool>("--monitoring") { Description = "With a ServiceMonitor and alerts, for clusters with the Prometheus operator." };
        var command = new Command("manifests", "Print what to apply to a cluster: kubectl apply -f. Settings that are given as flags become the workers'.")
        {
            image, replicas, definitions, monitoring,
        };
        options.AddTo(command, Known);
        command.SetAction(async parsed =>
        {
            (Setting Setting, string Text)[] given = [.. options.Given(parsed)];
            SettingValues values = SettingReader.ReadFlags(given);
            string name = parsed.GetValue(image)!, count = parsed.GetValue(replicas)!;
            if (!SettingKinds.Image.TryParse(name, out string? _))
                values.Reject($"--image: '{name}' is no {SettingKinds.Image.Noun}: give {SettingKinds.Image.Allowed}.");

            if (!Count.TryParse(count, out int workers))
                values.Reject($"--replicas: '{count}' is no {Count.Noun}: give {Count.Allowed}.");

            WorkerSettings worker = WorkerSettings.From(values, new Dictionary<string, string>(), isVerbose: false);
            values.ThrowIfWrong();
            await parsed.InvocationConfiguration.Output.WriteAsync(ManifestText.Write(new ManifestSettings
            {
                Namespace = worker.Build.Namespace,
                Lease = worker.Election.Name,
                Image = name,
                Replicas = workers,
                ShutdownTimeout = worker.ShutdownTimeout,
                Arguments = [.. given.Where(static one => !NotPassedOn.Contains(one.Setting)).Select(static one => $"{one.Setting.Flag}={one.Text}")],
                WithDefinitions = parsed.GetValue(definitions),
                WithMonitoring = parsed.GetValue(monitoring),
            }));
        });
        return command;
    }
}
