using System.Net;
using System.Net.Sockets;
using System.Text;
using BuildController.Host.Commands;
using BuildController.Host.Configuration;
using BuildController.Host.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BuildController.Host.Health;

/// <summary>
/// Serves metrics and probes over plain HTTP, from before the caches fill until after the lease is given up. It knows nothing
/// that is secret, and answers nothing else.
/// </summary>
internal sealed partial class MonitoringServer(ListenAddress address, HealthCheckService health, PrometheusExporter metrics, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private const string PlainText = "text/plain; charset=utf-8";

    private readonly ILogger logger = loggers.CreateLogger<MonitoringServer>();
    private WebApplication? application;

    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        application = Build();
        application.Run(AnswerAsync);
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or AddressInUseException or SocketException)
        {
            throw new IOException($"{Settings.MetricsAddress.Flag}: cannot listen on {address}: {Reason(error)}: give another one, or 'off'.", error);
        }

        ICollection<string> addresses = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        LogListening(logger, string.Join(", ", addresses));
    }

    public Task StopAsync(CancellationToken cancellationToken) => application?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => application?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static string Reason(Exception error) => error switch
    {
        _ when error is AddressInUseException || error.InnerException is AddressInUseException => "it is in use already",
        _ => error.Message.TrimEnd('.'),
    };

    private WebApplication Build()
    {
        // The empty builder reads no configuration, environment or arguments: the settings alone decide.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            if (address.Address is null)
                kestrel.ListenAnyIP(address.Port);
            else
                kestrel.Listen(address.Address, address.Port);
        });
        return builder.Build();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            await WriteAsync(context, HttpStatusCode.MethodNotAllowed, PlainText, "only GET\n");
            return;
        }

        (HttpStatusCode status, string type, string text) = request.Path.Value switch
        {
            "/metrics" => (HttpStatusCode.OK, PrometheusExporter.ContentType, metrics.Scrape()),
            "/healthz" or "/livez" or "/readyz" => await ProbeAsync(request),
            _ => (HttpStatusCode.NotFound, PlainText, "there are /metrics, /healthz, /livez and /readyz\n"),
        };
        await WriteAsync(context, status, type, text);
    }

    private async Task<(HttpStatusCode Status, string Type, string Text)> ProbeAsync(HttpRequest request)
    {
        string probe = request.Path.Value!.TrimStart('/'), tag = probe == "readyz" ? WorkerHealth.Ready : WorkerHealth.Live;
        HealthReport report = await health.CheckHealthAsync(check => check.Tags.Contains(tag), request.HttpContext.RequestAborted);
        return (
            ProbeReport.IsPassed(report) ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable,
            PlainText,
            ProbeReport.Text(report, probe, request.Query.ContainsKey("verbose")));
    }

    private static Task WriteAsync(HttpContext context, HttpStatusCode status, string type, string text)
    {
        byte[] body = Encoding.UTF8.GetBytes(text);
        HttpResponse response = context.Response;
        response.StatusCode = (int)status;
        response.ContentType = type;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
