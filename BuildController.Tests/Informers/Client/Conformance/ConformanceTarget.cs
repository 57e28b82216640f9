using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;

namespace BuildController.Tests.Informers.Client.Conformance;

/// <summary>A server that the suite runs against, through the clientset that reaches it. Made when the first test asks for it.</summary>
public abstract class ConformanceTarget(string name)
{
    private readonly Lock gate = new();
    private Task<IClientset>? clientset;

    public Task<IClientset> ConnectAsync()
    {
        lock (gate)
            return clientset ??= StartAsync();
    }

    /// <summary>Ends what was started.</summary>
    public virtual Task StopAsync() => Task.CompletedTask;

    public override string ToString() => name;

    protected abstract Task<IClientset> StartAsync();
}

/// <summary>The fake clientset over a cluster of its own.</summary>
public sealed class FakeTarget() : ConformanceTarget("FakeClientset")
{
    protected override Task<IClientset> StartAsync() => Task.FromResult<IClientset>(new FakeClientset());
}

/// <summary>A server reached over HTTP, which also takes requests that no clientset makes.</summary>
public abstract class HttpTarget(string name) : ConformanceTarget(name)
{
    private HttpClientset? clientset;
    private RawHttp? raw;

    /// <summary>Sends requests as they are. Only once the target is connected.</summary>
    internal RawHttp Raw => raw ?? throw new InvalidOperationException("The target is not connected yet.");

    public override async Task StopAsync()
    {
        if (clientset is not null)
            await clientset.DisposeAsync();

        if (raw is not null)
            await raw.DisposeAsync();
    }

    protected override async Task<IClientset> StartAsync()
    {
        ClusterConfiguration configuration = await ConfigureAsync();
        raw = new RawHttp(configuration);
        return clientset = new HttpClientset(configuration, OperatorRuntime.Default);
    }

    protected abstract Task<ClusterConfiguration> ConfigureAsync();
}
