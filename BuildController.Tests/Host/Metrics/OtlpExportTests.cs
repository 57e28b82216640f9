using System.Collections.Concurrent;
using BuildController.Tests.Host.Commands;
using BuildController.Tests.Host.Health;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace BuildController.Tests.Host.Metrics;

[TestFixture]
[Platform(Exclude = "Win", Reason = "The worker is a process with a shell before it.")]
public sealed class OtlpExportTests
{
    private readonly ConcurrentDictionary<string, string> received = new();

    [Test]
    public async Task Metrics_and_traces_reach_the_collector_that_is_named()
    {
        await using WebApplication collector = await CollectAsync();
        var environment = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_METRIC_EXPORT_INTERVAL"] = "500" };
        using HostProcess worker = HostProcess.Start($"--otlp-endpoint {collector.Urls.Single()}", environment: environment);
        await worker.WaitForAsync("Ctrl-C ends it.");

        await MonitoringTests.Eventually(() => Task.FromResult(Said("/v1/metrics", "controller_runtime_reconcile_total")));
        worker.Signal("TERM");
        int status = await worker.ExitAsync(TimeSpan.FromSeconds(30));

        status.Should().Be(0, worker.Error);
        Said("/v1/metrics", "machine-os-builder").Should().BeTrue();
        Said("/v1/traces", "controller.reconcile").Should().BeTrue("what is left is sent in a stop");
    }

    [Test]
    [Platform("Linux", Reason = "What a process has loaded is read from /proc.")]
    public async Task Without_a_collector_nothing_of_it_is_loaded()
    {
        using HostProcess worker = HostProcess.Start("--log-level information");
        await worker.WaitForAsync("Ctrl-C ends it.");

        string loaded = await File.ReadAllTextAsync($"/proc/{worker.Id}/maps");

        loaded.Should().Contain("BuildController.Core.dll").And.NotContain("OpenTelemetry");
    }

    private bool Said(string path, string text) => received.TryGetValue(path, out string? body) && body.Contains(text, StringComparison.Ordinal);

    private async Task<WebApplication> CollectAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication collector = builder.Build();
        collector.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body, System.Text.Encoding.Latin1);
            string body = await reader.ReadToEndAsync();
            received.AddOrUpdate(context.Request.Path.Value!, body, (_, before) => before + body);
            context.Response.StatusCode = StatusCodes.Status200OK;
        });
        await collector.StartAsync();
        return collector;
    }
}
