using System.Runtime.CompilerServices;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Cache;

/// <summary>Ten thousand watches that end in every way there is.</summary>
[TestFixture]
public sealed class ReflectorReconnectTests
{
    private const int Early = 1_000;
    private const int All = 10_000;
    private const long AllowedGrowth = 128 * 1024;

    [TestCase(false)]
    [TestCase(true)]
    public void Ten_thousand_reconnects_leave_the_heap_flat_and_no_timer_stream_or_task(bool streamed)
    {
        var world = new VirtualWorld();
        var server = new UnsteadyServer();
        var options = new SharedInformerFactoryOptions { Reflector = new ReflectorOptions { UseWatchList = streamed } };
        var factory = new SharedInformerFactory(server, options, world.Runtime);
        ISharedInformer<Widget> informer = factory.For(Widget.Resource);
        factory.Start();

        long early = HeapAfter(world, server, Early);
        long late = HeapAfter(world, server, All);

        (late - early).Should().BeLessThan(AllowedGrowth);
        informer.Indexer.Count.Should().Be(1);
        world.Time.ActiveTimers.Should().BeLessThanOrEqualTo(1, "a watch has its watchdog, a wait its delay");
        server.OpenStreams.Should().BeLessThanOrEqualTo(1);
        world.Run(async () => await factory.DisposeAsync());
        world.Time.ActiveTimers.Should().Be(0);
        server.OpenStreams.Should().Be(0);
        int requests = server.Requests;
        world.Advance(TimeSpan.FromDays(1));
        server.Requests.Should().Be(requests, "nothing runs any more");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long HeapAfter(VirtualWorld world, UnsteadyServer server, int watches)
    {
        while (server.Watches < watches)
            world.Advance(TimeSpan.FromMinutes(10));

        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>Its watches end cleanly, by a lost connection, by too many requests, expired, or not at all; some are refused.</summary>
    private sealed class UnsteadyServer : IClientset, IResourceClient<Widget>
    {
        private int version = 10;

        public int Watches { get; private set; }

        public int OpenStreams { get; private set; }

        public int Requests { get; private set; }

        public ResourceType<Widget> Type => Widget.Resource;

        public IResourceClient<T> Resource<T>(ResourceType<T> type)
            where T : class => (IResourceClient<T>)(object)this;

        public Task<ListMetadata> ListAsync(string? @namespace, ListOptions options, Action<Widget> visit, CancellationToken cancellationToken = default)
        {
            Requests++;
            visit(Widget.Of("a", version));
            return Task.FromResult(new ListMetadata { ResourceVersion = $"{version}" });
        }

        public Task<IWatchStream<Widget>> WatchAsync(string? @namespace, WatchOptions options, CancellationToken cancellationToken = default)
        {
            Requests++;
            if (Watches++ % 7 == 6)
                return Task.FromException<IWatchStream<Widget>>(Events.Refused);

            OpenStreams++;
            return Task.FromResult<IWatchStream<Widget>>(new UnsteadyStream(this, Watches, options.SendInitialEvents));
        }

        public Task<Widget> GetAsync(ObjectKey key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<Widget> CreateAsync(Widget value, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<Widget> ReplaceAsync(Widget value, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<Widget> PatchAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<Widget> PatchStatusAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task DeleteAsync(ObjectKey key, DeleteOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        private sealed class UnsteadyStream(UnsteadyServer server, int number, bool sendsList) : IWatchStream<Widget>
        {
            public async IAsyncEnumerator<WatchEvent<Widget>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
            {
                if (sendsList)
                {
                    yield return Events.Added(Widget.Of("a", server.version));
                    yield return Events.EndOfList(server.version);
                }

                yield return Events.Modified(Widget.Of("a", ++server.version));
                switch (number % 5)
                {
                    case 0:
                        throw new ApiException(ApiErrorReason.ConnectionLost, "Reset by peer.");
                    case 1:
                        yield return Events.Failed(Events.Error(429, "TooManyRequests"));
                        break;
                    case 2:
                        yield return Events.Failed(Events.Expired);
                        break;
                    case 3:
                        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
                        break;
                }
            }

            public ValueTask DisposeAsync()
            {
                server.OpenStreams--;
                return ValueTask.CompletedTask;
            }
        }
    }
}
