using BuildController.Informers.Cache;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Testing;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NUnit.Framework;

namespace BuildController.Tests.Docs;

/// <summary>The code of docs/informers.md.</summary>
[TestFixture]
public sealed class InformersPage
{
    [Test]
    public async Task Health_of_all_informers()
    {
        await using var informers = new SharedInformerFactory(new FakeClientset());
        IServiceCollection services = new ServiceCollection().AddLogging();

        #region health
        services.AddHealthChecks().AddCheck("informers", new InformerHealthCheck(informers));
        #endregion

        await using ServiceProvider provider = services.BuildServiceProvider();
        (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries.Should().ContainKey("informers");
    }
}
