using BuildController.Host.Demo;
using BuildController.Host.Samples;
using BuildController.Host.Simulation;
using BuildController.Informers.Api;
using BuildController.Informers.Testing;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BuildController.Tests.Host.Demo;

[TestFixture]
public sealed class DemoTourTests
{
    private VirtualWorld world = null!;
    private InMemoryCluster cluster = null!;
    private StringWriter output = null!;

    [SetUp]
    public void MakeCluster()
    {
        world = new VirtualWorld();
        cluster = new InMemoryCluster(world.Runtime);
        OpenShiftDefinitions.Register(cluster);
        world.Run(() => SampleCluster.CreateAsync(Connect("admin"), default));
        output = new StringWriter();
    }

    [TearDown]
    public void DisposeOutput() => output.Dispose();

    [Test]
    public void Every_step_comes_out_as_expected()
    {
        int status = RunWithKubelet(Connect);

        status.Should().Be(0, output.ToString());
        Marks().Should().Equal("ok 1.", "ok 2.", "ok 3.", "ok 4.", "ok 5.", "ok 6.");
        output.ToString().Should().Contain("every step came out as expected");
    }

    [Test]
    public void No_row_needs_a_second_line()
    {
        RunWithKubelet(Connect);

        output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(8, "there are six steps, a rule and the verdict: {0}", output);
    }

    [Test]
    public void A_build_that_never_ends_fails_the_tour()
    {
        // Nobody runs the pods.
        int status = Run(Connect);

        status.Should().Be(1);
        Marks().Should().Equal("FAIL 1.");
        output.ToString().Should().Contain("the first image").And.Contain("did not come within 20 s").And.Contain("a step came out otherwise");
    }

    [Test]
    public void A_request_that_is_refused_fails_the_tour_at_its_step()
    {
        int status = RunWithKubelet(name =>
        {
            FakeClientset clientset = Connect(name);
            if (name == "admin")
                clientset.Fail("patch", "configmaps", new ApiException(ApiErrorReason.Forbidden, "not you"));

            return clientset;
        });

        status.Should().Be(1);
        Marks().Should().Equal("ok 1.", "ok 2.", "FAIL 3.");
    }

    [Test]
    public void A_cluster_too_slow_for_every_step_is_given_up_within_a_minute()
    {
        DateTimeOffset start = world.Time.GetUtcNow();

        int status = RunWithKubelet(Connect, new SimulatedKubeletOptions { BuildTime = TimeSpan.FromSeconds(15) });

        status.Should().Be(1);
        (world.Time.GetUtcNow() - start).Should().BeLessThan(TimeSpan.FromMinutes(1));
    }

    [Test]
    public async Task The_demo_command_passes_over_real_sockets()
    {
        int status = await DemoCommand.RunAsync(LogLevel.None, output, default).WaitAsync(TimeSpan.FromSeconds(60));

        status.Should().Be(0, output.ToString());
        Marks().Should().HaveCount(6).And.OnlyContain(static mark => mark.StartsWith("ok"));
    }

    private int RunWithKubelet(Func<string, FakeClientset> connect, SimulatedKubeletOptions? options = null)
    {
        var kubelet = new SimulatedKubelet(Connect("kubelet"), options ?? new SimulatedKubeletOptions(), world.Runtime);
        _ = world.Runtime.Start(() => kubelet.RunAsync());
        int status = Run(connect);
        world.Run(() => kubelet.DisposeAsync().AsTask());
        return status;
    }

    private int Run(Func<string, FakeClientset> connect) =>
        world.Run(() => DemoTour.RunAsync(connect, new StepTable(output, world.Time), world.Runtime, default));

    private FakeClientset Connect(string name) => new(cluster) { FieldManager = name };

    private IEnumerable<string> Marks() => output.ToString().Split('\n')
        .Where(static line => line.StartsWith("ok", StringComparison.Ordinal) || line.StartsWith("FAIL", StringComparison.Ordinal))
        .Select(static line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2)));
}
