using BuildController.Informers.Client;
using BuildController.Informers.Events;
using BuildController.Informers.Testing;
using BuildController.Tests.Informers.Cache;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Events;

[TestFixture]
[CancelAfter(30_000)]
public sealed class EventRecorderHostingTests
{
    [Test]
    public async Task What_a_hosted_service_says_last_is_written_before_the_host_is_gone(CancellationToken giveUp)
    {
        var client = new FakeClientset();
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<IClientset>(client);
        builder.Services.AddEventRecorder("eventTest", static options => options with { Instance = "pod-1" });
        builder.Services.AddHostedService<LastWord>();
        IHost host = builder.Build();
        await host.StartAsync(giveUp);

        await host.StopAsync(giveUp);
        await ((IAsyncDisposable)host).DisposeAsync();

        (await client.Resource(CoreEvent.ResourceType).ListAsync("default", cancellationToken: giveUp)).Items.Should().ContainSingle()
            .Which.Should().BeEquivalentTo(new { Reason = "Stopping", Source = new EventSource("eventTest", "pod-1") });
    }

    [Test]
    public async Task Several_components_are_told_apart_by_their_keys_and_the_last_needs_none(CancellationToken giveUp)
    {
        var client = new FakeClientset();
        await using (ServiceProvider provider = new ServiceCollection().AddSingleton<IClientset>(client).AddEventRecorder("first").AddEventRecorder("second").BuildServiceProvider())
        {
            provider.GetRequiredKeyedService<IEventRecorder>("first").Record(EventScene.Pod, EventType.Normal, "A", "1");
            provider.GetRequiredKeyedService<IEventRecorder>("second").Record(EventScene.Pod, EventType.Normal, "B", "1");
            provider.GetRequiredService<IEventRecorder>().Should().BeSameAs(provider.GetRequiredKeyedService<IEventRecorder>("second"));
        }

        (await client.Resource(CoreEvent.ResourceType).ListAsync("default", cancellationToken: giveUp)).Items
            .Select(static item => $"{item.ReportingComponent} {item.Reason}").Should().BeEquivalentTo("first A", "second B");
    }

    [Test]
    public async Task The_runtime_of_the_services_is_used()
    {
        var world = new VirtualWorld();
        ServiceProvider provider = new ServiceCollection()
            .AddSingleton<IClientset>(new FakeClientset(runtime: world.Runtime)).AddSingleton(world.Runtime).AddEventRecorder("eventTest").BuildServiceProvider();
        var recorder = (EventRecorder)provider.GetRequiredService<IEventRecorder>();
        ((FakeClientset)provider.GetRequiredService<IClientset>()).Fail("create", "events", EventScene.Answer(403, "Forbidden"));

        recorder.Record(EventScene.Pod, EventType.Normal, "A", "1");

        recorder.Dropped.Should().Be(0, "nothing has run yet");
        world.RunUntilIdle();
        recorder.Dropped.Should().Be(1);
        world.Run(async () => await recorder.DisposeAsync()); // The container itself leaves any scheduler.
        await provider.DisposeAsync();
    }

    [Test]
    public async Task Without_a_runtime_the_logs_of_the_services_are_used()
    {
        var logs = new CapturingLoggerFactory();
        var client = new FakeClientset();
        client.Fail("create", "events", EventScene.Answer(403, "Forbidden"));
        await using (ServiceProvider provider = new ServiceCollection()
            .AddSingleton<IClientset>(client).AddSingleton<ILoggerFactory>(logs).AddEventRecorder("eventTest").BuildServiceProvider())
        {
            provider.GetRequiredService<IEventRecorder>().Record(EventScene.Pod, EventType.Normal, "A", "1");
        }

        logs.Entries.Should().ContainSingle().Which.Message.Should().Contain("refused");
    }

    [Test]
    public void Options_that_make_no_sense_are_found_when_they_are_given()
    {
        Action add = () => new ServiceCollection().AddEventRecorder("eventTest", static options => options with { Tries = 0 });

        add.Should().Throw<ArgumentOutOfRangeException>().Which.Message.Should().StartWith("Tries");
    }

    private sealed class LastWord(IEventRecorder events) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            events.Record(EventScene.Pod, EventType.Normal, "Stopping", "The host stops.");
            return Task.CompletedTask;
        }
    }
}
