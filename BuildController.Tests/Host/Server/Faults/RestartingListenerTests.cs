using System.Net;
using BuildController.Host.Server;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using FluentAssertions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server.Faults;

[TestFixture]
public sealed class RestartingListenerTests
{
    [Test]
    public async Task Who_asks_for_a_connection_after_the_end_waits_for_nothing()
    {
        var cluster = new InMemoryCluster();
        var services = new ServiceCollection();
        services.AddSingleton<IConnectionListenerFactory, SilentFactory>();
        RestartingTransport.Wrap(services, cluster, OperatorRuntime.Default);
        await using ServiceProvider provider = services.BuildServiceProvider();
        await using IConnectionListener listener = await provider.GetRequiredService<IConnectionListenerFactory>().BindAsync(new IPEndPoint(IPAddress.Loopback, 1));

        cluster.Restart(TimeSpan.FromMinutes(10), keepsHistory: true);
        await listener.UnbindAsync();

        ValueTask<ConnectionContext?> accept = listener.AcceptAsync();
        accept.IsCompleted.Should().BeTrue();
        (await accept).Should().BeNull();
    }

    private sealed class SilentFactory : IConnectionListenerFactory
    {
        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(new SilentListener(endpoint));
    }

    private sealed class SilentListener(EndPoint endpoint) : IConnectionListener
    {
        public EndPoint EndPoint => endpoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => default;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => default;

        public ValueTask DisposeAsync() => default;
    }
}
