using BuildController.Host.Commands;
using BuildController.Host.Configuration;
using BuildController.Tests.Informers.Client.Configuration;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BuildController.Tests.Host.Configuration;

[TestFixture]
public sealed class SettingReaderTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => folder.Dispose();

    [Test]
    public void A_flag_counts_more_than_the_environment_and_that_more_than_the_file()
    {
        folder.Write("appsettings.json", """{ "buildController": { "workers": 1, "retryLimit": 11, "updateDelay": "1s", "rebuildOnInputChange": true } }""");
        var environment = new Dictionary<string, string> { ["BUILDCONTROLLER_WORKERS"] = "2", ["BUILDCONTROLLER_RETRY_LIMIT"] = "12" };

        WorkerSettings settings = Read(environment, (Settings.Workers, "3"));

        settings.Build.Workers.Should().Be(3);
        settings.Build.Policy.RetryLimit.Should().Be(12);
        settings.UpdateDelay.Should().Be(TimeSpan.FromSeconds(1));
        settings.Build.Policy.RebuildOnInputChange.Should().BeTrue();
    }

    [Test]
    public void Without_anything_the_defaults_are_the_librarys()
    {
        WorkerSettings settings = Read([]);

        settings.Build.Should().BeEquivalentTo(new BuildController.Core.Sync.ImageBuildOptions());
        settings.Election.Should().BeEquivalentTo(
            new BuildController.Informers.LeaderElection.LeaderElectionOptions { Namespace = "openshift-machine-config-operator", Name = "machine-os-builder" });
        settings.UpdateDelay.Should().BeNull("it depends on the cluster");
        settings.LeaderElect.Should().BeNull("it depends on the cluster");
        settings.MetricsAddress.Should().BeNull();
        settings.Otlp.Should().BeNull();
        settings.Logs.Should().Be(new LogSettings(LogLevel.Information));
    }

    [TestCaseSource(nameof(All))]
    public void Each_setting_may_come_from_each_source(string name)
    {
        Setting setting = Settings.All.Single(one => one.Name == name);
        string text = setting.IsSwitch ? "true" : ValueFor(setting);

        SettingValues ofFlag = new SettingReader(new Dictionary<string, string>(), folder.Path).Read(Settings.All, [(setting, text)]);
        SettingValues ofVariable = new SettingReader(new Dictionary<string, string> { [setting.Variable] = text }, folder.Path).Read(Settings.All, []);
        folder.Write("appsettings.json", $$"""{ "BuildController": { "{{setting.Key}}": "{{text}}" } }""");
        SettingValues ofFile = new SettingReader(new Dictionary<string, string>(), folder.Path).Read(Settings.All, []);

        foreach (SettingValues values in (SettingValues[])[ofFlag, ofVariable, ofFile])
        {
            values.Invoking(static one => one.ThrowIfWrong()).Should().NotThrow();
            values.IsSet(setting).Should().BeTrue();
        }
    }

    [Test]
    public void Every_mistake_is_told_in_a_line_that_names_the_setting_its_value_where_it_came_from_and_what_is_allowed()
    {
        string file = folder.Write("appsettings.json", """{ "buildController": { "logLevel": "loud", "speed": 5 } }""");
        var environment = new Dictionary<string, string> { ["BUILDCONTROLLER_UPDATE_DELAY"] = "5", ["BUILDCONTROLLER_WORKRES"] = "2" };

        string[] mistakes = [.. Mistakes(environment, (Settings.Workers, "0"), (Settings.Namespace, "Not_One"), (Settings.MetricsAddress, "here"), (Settings.LeaseDuration, "5s"))];

        mistakes.Should().BeEquivalentTo(
            "--workers: '0' is no number of workers: give a whole number from 1 to 100.",
            "--namespace: 'Not_One' is no namespace: give lower-case letters, digits and '-', 63 at most.",
            "--metrics-address: 'here' is no address to listen on: give an IP address, 'localhost' or '*' for all, a colon and a port from 0 to 65535, or 'off'.",
            "BUILDCONTROLLER_UPDATE_DELAY: '5' is no duration: give numbers with ms, s, m or h, as '90s' or '1h30m', from 0s to 10m.",
            "BUILDCONTROLLER_WORKRES: there is no such setting; --help lists them.",
            $"{file}: buildController.logLevel: 'loud' is no log level: give trace, debug, information, warning, error or none.",
            $"{file}: buildController.speed: there is no such setting; --help lists them.",
            "--lease-duration: '5s' is not longer than --renew-deadline, '10s': raise the one or lower the other, or others take the lease while its holder still leads.");
    }

    [Test]
    public void Values_that_contradict_each_other_are_named_as_they_were_set()
    {
        var environment = new Dictionary<string, string> { ["BUILDCONTROLLER_PENDING_DEADLINE"] = "2h", ["BUILDCONTROLLER_RETRY_DELAY"] = "10m" };

        Mistakes(environment, (Settings.RetryPeriod, "9s")).Should().BeEquivalentTo(
            "--renew-deadline: '10s' is not longer than 1.2 times --retry-period, '9s': raise the one or lower the other, or one failed renewal ends the term.",
            "--max-retry-delay: '5m' is shorter than BUILDCONTROLLER_RETRY_DELAY, '10m': raise the one or lower the other, or the first retry waits longer than any may.",
            "--attempt-deadline: '1h' is shorter than BUILDCONTROLLER_PENDING_DEADLINE, '2h': raise the one or lower the other, or a build is over before it must run.");
    }

    [TestCase("{", "cannot be read as JSON")]
    [TestCase("[]", "cannot be read as JSON")]
    public void A_file_that_is_no_JSON_is_named(string text, string complaint)
    {
        string file = folder.Write("appsettings.json", text);

        Mistakes([]).Should().ContainSingle().Which.Should().StartWith($"{file}: {complaint}");
    }

    [Test]
    public void Other_peoples_sections_and_variables_are_none_of_our_business()
    {
        folder.Write("appsettings.json", """{ "Logging": { "LogLevel": { "Default": "loud" } }, "workers": "many" }""");
        var environment = new Dictionary<string, string>
        {
            ["WORKERS"] = "many",
            ["BUILDCONTROLLER_SERVICE_HOST"] = "10.0.0.1",
            ["BUILDCONTROLLER_PORT"] = "tcp://10.0.0.1:80",
            ["BUILDCONTROLLER_PORT_80_TCP_ADDR"] = "10.0.0.1",
        };

        Mistakes(environment).Should().BeEmpty();
    }

    [Test]
    public void The_collector_may_be_named_by_the_setting_or_by_OpenTelemetrys_own_variable()
    {
        Read(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://one:4317", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" }).Otlp
            .Should().BeEquivalentTo(new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://one:4317", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" });
        Read(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://one:4317" }, (Settings.OtlpEndpoint, "http://two:4318")).Otlp!
            ["OTEL_EXPORTER_OTLP_ENDPOINT"].Should().Be("http://two:4318");
        Read(new() { ["OTEL_SERVICE_NAME"] = "x" }).Otlp.Should().BeNull();
    }

    [Test]
    public void Names_follow_from_one_and_are_unique()
    {
        (Settings.UpdateDelay.Flag, Settings.UpdateDelay.Variable, Settings.UpdateDelay.Key).Should().Be(("--update-delay", "BUILDCONTROLLER_UPDATE_DELAY", "updateDelay"));
        Settings.All.Select(static setting => setting.Name).Should().OnlyHaveUniqueItems().And.HaveCountGreaterThan(20);
    }

    private static IEnumerable<string> All() => Settings.All.Select(static setting => setting.Name);

    private static string ValueFor(Setting setting)
    {
        string[] candidates = ["30s", "5m", "7", "default", "quay.io/some/image:tag", "http://host:1", "127.0.0.1:8080", "debug", "json"];
        return candidates.First(text => setting.Complain(text) is null);
    }

    private WorkerSettings Read(Dictionary<string, string> environment, params (Setting Setting, string Text)[] flags)
    {
        var reader = new SettingReader(environment, folder.Path);
        SettingValues values = reader.Read(Settings.All, flags);
        WorkerSettings settings = WorkerSettings.From(values, environment, isVerbose: false);
        values.ThrowIfWrong();
        return settings;
    }

    private IReadOnlyList<string> Mistakes(Dictionary<string, string> environment, params (Setting Setting, string Text)[] flags)
    {
        try
        {
            Read(environment, flags);
            return [];
        }
        catch (SettingsException error)
        {
            return error.Mistakes;
        }
    }
}
