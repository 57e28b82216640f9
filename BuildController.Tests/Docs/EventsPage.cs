using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Control;
using BuildController.Informers.Events;
using BuildController.Informers.Testing;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BuildController.Tests.Docs;

/// <summary>The code of docs/events.md.</summary>
[TestFixture]
public sealed class EventsPage
{
    [Test]
    public async Task An_event_about_an_object()
    {
        var clientset = new FakeClientset();
        await RecordAsync();

        clientset.ActionsOf("create", "events").Should().ContainSingle();

        async Task RecordAsync()
        {
            var pool = new MachineConfigPool { Metadata = new ObjectMeta { Name = "worker", Uid = "uid-1" } };

            #region record
            await using var events = new EventRecorder(clientset, "image-builder");
            events.Record(Resources.MachineConfigPools, pool, EventType.Warning, "BuildFailed", "The image was not built: out of disk.");
            #endregion
        }
    }

    [Test]
    public async Task In_a_host()
    {
        IServiceCollection services = new ServiceCollection().AddSingleton<IClientset>(new FakeClientset()).AddLogging();
        string podName = "pod-1";

        #region host
        services.AddEventRecorder("image-builder", options => options with { Instance = podName });
        #endregion

        await using ServiceProvider provider = services.BuildServiceProvider();
        provider.GetRequiredService<IEventRecorder>().Should().NotBeNull();
    }

    [Test]
    public async Task In_a_test()
    {
        var client = new FakeClientset();
        var key = new ObjectKey("worker");

        #region fake
        var events = new FakeEventRecorder();
        await new MyReconciler(client, events).ReconcileAsync(new ReconcileContext<ObjectKey>(key), default);
        events.Lines.Should().Equal("Normal BuildStarted Building the image.", "Warning BuildFailed Out of disk.");
        #endregion
    }

    private sealed class MyReconciler(IClientset clientset, IEventRecorder events) : IReconciler<ObjectKey>
    {
        public async ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken cancellationToken)
        {
            await clientset.Resource(Resources.ConfigMaps).ListAsync(null, cancellationToken: cancellationToken);
            var about = new MachineConfigPool { Metadata = new ObjectMeta { Name = context.Key.Name } };
            events.Record(Resources.MachineConfigPools, about, EventType.Normal, "BuildStarted", "Building the image.");
            events.Record(Resources.MachineConfigPools, about, EventType.Warning, "BuildFailed", "Out of disk.");
            return ReconcileResult.Done;
        }
    }
}
