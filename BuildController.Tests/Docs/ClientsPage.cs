using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Docs;

/// <summary>The code of docs/clients.md.</summary>
[TestFixture]
public sealed class ClientsPage
{
    private static readonly ObjectKey Key = new("ns", "a");

    private readonly FakeClientset inner = new(Widget.Type.With(new Widget { Metadata = new ObjectMeta { Name = "a", Namespace = "ns" } }));

    [Test]
    public async Task What_is_put_in_front()
    {
        var configuration = new ClusterConfiguration { Server = new Uri("https://127.0.0.1:1") };
        OperatorRuntime runtime = OperatorRuntime.Default;

        #region wrappers
        await using var http = new HttpClientset(configuration, runtime);
        IClientset clientset = http
            .WithRateLimit(new ClientRateLimitOptions { PerSecond = 20, Burst = 30 }, runtime)
            .WithRetry(runtime: runtime);
        #endregion

        clientset.Should().NotBeSameAs(http);
    }

    [Test]
    public async Task Conflicts_are_read_again()
    {
        IResourceClient<Widget> widgets = inner.Resource(Widget.Type);
        ObjectKey key = Key;
        FakeReaction patches = inner.On("patch", "widgets").Refuse(ApiErrorReason.Conflict, times: 1);

        #region conflicts
        await ConflictRetry.RunAsync(async token =>
        {
            Widget widget = await widgets.GetAsync(key, token);                   // read
            return await widgets.PatchAsync(key, Grow(widget), token);            // decide, and write with the version read
        });
        #endregion

        patches.Count.Should().Be(2);
    }

    [Test]
    public async Task An_interceptor_of_one_s_own()
    {
        #region with
        IClientset clientset = inner.With(new ReadOnly(), new Another());   // the outermost first
        #endregion

        await clientset.Resource(Widget.Type).GetAsync(Key);
        (await FluentActions.Awaiting(() => clientset.Resource(Widget.Type).DeleteAsync(Key)).Should().ThrowAsync<ApiException>())
            .Which.Message.Should().Be("This program only looks: delete widgets ns/a.");
    }

    private static Patch Grow(Widget widget) => Patch.Merge(new JsonObject
    {
        ["metadata"] = new JsonObject { ["resourceVersion"] = widget.Metadata.ResourceVersion },
        ["spec"] = new JsonObject { ["size"] = widget.Spec.Size + 1 },
    });

    #region interceptor
    internal sealed class ReadOnly : IRequestInterceptor
    {
        public Task<TResult> SendAsync<TResult>(ClientRequest request, Func<CancellationToken, Task<TResult>> next, CancellationToken cancellationToken) =>
            request.IsWrite
                ? Task.FromException<TResult>(new ApiException(ApiErrorReason.Forbidden, $"This program only looks: {request}."))
                : next(cancellationToken);
    }
    #endregion

    private sealed class Another : IRequestInterceptor
    {
        public Task<TResult> SendAsync<TResult>(ClientRequest request, Func<CancellationToken, Task<TResult>> next, CancellationToken cancellationToken) => next(cancellationToken);
    }
}
