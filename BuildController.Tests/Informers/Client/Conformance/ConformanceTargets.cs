using NUnit.Framework;

// One for all of the suite: fixtures of every namespace below share the targets.
namespace BuildController.Tests.Informers.Client.Conformance;

/// <summary>
/// What the suite runs against: the fake clientset, the embedded server, and the cluster that <see cref="Variable"/> names, if it does.
/// </summary>
public static class ConformanceTargets
{
    /// <summary>The environment variable with the path of a kubeconfig.</summary>
    public const string Variable = "BUILDCONTROLLER_TEST_KUBECONFIG";

    private static readonly ConformanceTarget[] Known = Make();

    public static IEnumerable<ConformanceTarget> All => Known;

    public static IEnumerable<HttpTarget> OverHttp => Known.OfType<HttpTarget>();

    private static ConformanceTarget[] Make()
    {
        string? kubeconfig = Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrEmpty(kubeconfig)
            ? [new FakeTarget(), new EmbeddedTarget()]
            : [new FakeTarget(), new EmbeddedTarget(), new KubeconfigTarget(kubeconfig)];
    }
}

/// <summary>Ends the targets after the last test, and says what was left out.</summary>
[SetUpFixture]
public sealed class ConformanceRun
{
    [OneTimeSetUp]
    public void SayWhatIsLeftOut()
    {
        if (!ConformanceTargets.All.OfType<KubeconfigTarget>().Any())
            TestContext.Progress.WriteLine($"Conformance: no real cluster, because {ConformanceTargets.Variable} names no kubeconfig.");
    }

    [OneTimeTearDown]
    public async Task EndTargets()
    {
        foreach (ConformanceTarget target in ConformanceTargets.All)
            await target.StopAsync();
    }
}
