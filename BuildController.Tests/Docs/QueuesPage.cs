using System.Text.Json.Serialization;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Control;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace BuildController.Tests.Docs;

/// <summary>The code of docs/queues.md.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class QueuesPage
{
    private static readonly ResourceType<Widget> Widgets = Widget.Type;
    private static readonly ResourceType<ConfigMap> ConfigMaps = ConfigMap.Type;
    private static readonly ResourceType<Pod> Pods = Resources.Pods;
    private static readonly ResourceType<Secret> Secrets = Resources.Secrets;

    private static readonly ResourceType<PartialObject> Nodes = ResourceType.MetadataOnly(new GroupVersionResource("", "v1", "nodes"), "Node", ResourceScope.Cluster);

    [Test]
    public async Task A_controller_in_one_call(CancellationToken giveUp)
    {
        var clientset = new FakeClientset(Widgets.With(new Widget { Metadata = new ObjectMeta { Name = "a", Namespace = "ns" } }));
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        IServiceCollection services = builder.Services;

        #region add-controller
        var indexers = new Dictionary<string, Func<Widget, IEnumerable<string>>>
        {
            ["secret"] = widget => [$"{widget.Metadata.Namespace}/{widget.Spec.Secret}"],
        };
        services.AddSingleton<IClientset>(clientset);
        services.AddController<WidgetReconciler>("widgets", o =>
        {
            o.For(Widgets, new() { Informer = new() { Indexers = indexers } }) // an event of a widget brings its own key
             .Owns(ConfigMaps)                                    // of a ConfigMap, the widget that controls it
             .WatchesByLabel(Pods, "example.com/widget")          // of a pod, the widget that its label names
             .WatchesByIndex(Secrets, "secret")                   // of a secret, all widgets that the index finds for it
             .Watches(Nodes, node => [new ObjectKey("ns", "all")]); // of a node, whatever the function says
            o.Options.Workers = 4;
            o.Queue.Group = key => key.Namespace;                 // no namespace holds up another
        });
        #endregion

        using IHost host = builder.Build();
        var visited = new TaskCompletionSource();
        clientset.On("get", "widgets").Run(_ => visited.TrySetResult());
        await host.StartAsync(giveUp);
        await visited.Task.WaitAsync(giveUp);
        await host.StopAsync(giveUp);
    }

    [TestCase(1, false)]
    [TestCase(-1, true)]
    public async Task A_reconciler(int size, bool fails)
    {
        var clientset = new FakeClientset(Widgets.With(new Widget { Metadata = new ObjectMeta { Name = "a", Namespace = "ns" }, Spec = new WidgetSpec { Size = size } }));

        ReconcileResult result = await new WidgetReconciler(clientset).ReconcileAsync(new ReconcileContext<ObjectKey>(new ObjectKey("ns", "a")), default);

        result.IsTerminal.Should().Be(fails);
        result.RequeueDelay.HasValue.Should().Be(!fails);
    }

    [Test]
    public async Task The_queue_by_itself(CancellationToken giveUp)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        CancellationToken cancellationToken = stop.Token;
        var sent = new List<string>();

        await FluentActions.Awaiting(SendAllAsync).Should().ThrowAsync<OperationCanceledException>();

        sent.Should().Equal("c", "a");

        async Task SendAllAsync()
        {
            #region queue
            using var queue = new WorkQueue<string>(new WorkQueueOptions<string> { Name = "mails" }, OperatorRuntime.Default);
            queue.Add("a");
            queue.AddAfter("b", TimeSpan.FromSeconds(5));
            queue.Add("c", new AddOptions { Priority = 10, Causes = [new WorkCause { Kind = CauseKind.Requested }] });

            while (await queue.GetAsync(cancellationToken) is { IsShutDown: false, Key: var key })
            {
                try
                {
                    await SendAsync(key, cancellationToken);
                    queue.Forget(key);
                }
                catch (IOException)
                {
                    queue.AddRateLimited(key);
                }
                finally
                {
                    queue.Done(key);
                }
            }
            #endregion
        }

        Task SendAsync(string mail, CancellationToken token)
        {
            sent.Add(mail);
            if (sent.Count == 2)
                stop.Cancel();

            return Task.CompletedTask;
        }
    }

    #region reconciler
    internal sealed class WidgetReconciler(IClientset clientset) : IReconciler<ObjectKey>
    {
        public async ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken cancellationToken)
        {
            Widget? widget = await clientset.Resource(Widgets).FindAsync(context.Key, cancellationToken);
            if (widget is null)
                return ReconcileResult.Done; // Deleted: what it owned goes by itself.

            if (widget.Spec.Size < 0)
                return ReconcileResult.FailedForGood($"spec.size is {widget.Spec.Size}: it must not be negative.");

            return ReconcileResult.RequeueAfter(TimeSpan.FromMinutes(10));
        }
    }
    #endregion
}

/// <summary>The custom resource of the pages' short examples.</summary>
internal sealed record Widget : IKubernetesObject
{
    public static readonly ResourceType<Widget> Type = ResourceType.For(
        new GroupVersionResource("example.com", "v1", "widgets"), "Widget", ResourceScope.Namespaced, WidgetJson.Default.Widget);

    public ObjectMeta Metadata { get; init; } = new();

    public WidgetSpec Spec { get; init; } = new();
}

internal sealed record WidgetSpec
{
    public int Size { get; init; }

    public string? Secret { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Widget))]
internal sealed partial class WidgetJson : JsonSerializerContext;
