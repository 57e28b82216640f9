using System.Text.Json;
using BuildController.Host.Commands;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing.Faults;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Commands;

/// <summary>The cluster command with faults on.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class FaultFlagTests
{
    private static readonly ResourceType<UnstructuredObject> Maps =
        ResourceType.Unstructured(new GroupVersionResource(string.Empty, "v1", "configmaps"), "ConfigMap", ResourceScope.Namespaced);

    private static readonly FaultKind[] Harmless = [FaultKind.Slow, FaultKind.Compaction];

    private static CancellationToken Cancellation => TestContext.CurrentContext.CancellationToken;

    [Test]
    public async Task The_greeting_says_that_faults_are_on_and_with_which_seed()
    {
        await using RunningCommand command = await RunningCommand.StartAsync("cluster", "--faults", "17", "--fault-rate", "0.25");

        command.Output.Should().Contain("Faults are on, seed 17: something befalls 25 % of the requests and 25 % of the watches.").And.NotContain("\n\n\n");
        (await command.InterruptAsync()).Should().Be(0);
        command.Error.Should().BeEmpty();
    }

    [Test]
    public async Task Without_the_flag_the_greeting_says_nothing_of_faults()
    {
        await using RunningCommand command = await RunningCommand.StartAsync("cluster");

        command.Output.Should().NotContain("aults").And.NotContain("\n\n\n");
    }

    [Test]
    public void Without_a_rate_one_request_in_ten_and_one_watch_in_three_go_wrong() =>
        new FaultSettings(1).ToString().Should().Be("seed 1: something befalls 10 % of the requests and 33 % of the watches");

    [Test]
    public void Nothing_that_only_a_client_s_process_can_do_is_drawn() =>
        new FaultSettings(1).Profile.Weights.Keys.Should().BeEquivalentTo(Enum.GetValues<FaultKind>().Where(static kind => !new Fault(kind).IsOfProcess));

    [Test]
    public async Task What_befalls_a_client_is_what_the_seed_says()
    {
        const int Requests = 8;
        FaultSettings settings = Enumerable.Range(1, 1_000).Select(static seed => new FaultSettings(seed) { Rate = 1 })
            .First(static settings => Enumerable.Range(1, Requests).All(number => IsShort(At(settings, number))));
        await using RunningCommand command = await RunningCommand.StartAsync("cluster", "--no-kubelet", "--faults", $"{settings.Seed}", "--fault-rate", "1");
        await using var clientset = new HttpClientset(
            KubeConfig.Load(command.Kubeconfig) with { UserAgent = "somebody/1.0" }, OperatorRuntime.Default);
        IResourceClient<UnstructuredObject> maps = clientset.Resource(Maps);

        for (int number = 1; number <= Requests; number++)
        {
            string name = $"m{number}";
            Fault fault = At(settings, number);
            Func<Task> create = () => maps.CreateAsync(
                new UnstructuredObject(JsonElement.Parse($$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{name}}","namespace":"default"} }""")), Cancellation);
            if (Harmless.Contains(fault.Kind))
                await create.Should().NotThrowAsync($"request {number} meets {fault}");
            else
                await create.Should().ThrowAsync<ApiException>($"request {number} meets {fault}");
        }
    }

    [Test]
    public async Task The_cluster_s_own_clients_are_spared()
    {
        await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(
            0, OperatorRuntime.Default, kubelet: null, new Always(new Fault(FaultKind.Reset)), Cancellation);
        IResourceClient<UnstructuredObject> asAdmin = cluster.Connect("admin").Resource(Maps), asSomebody = cluster.Connect("somebody").Resource(Maps);

        (await asAdmin.ListAsync("default", cancellationToken: Cancellation)).Items.Should().NotBeNull();
        await FluentActions.Awaiting(() => asSomebody.ListAsync("default", cancellationToken: Cancellation)).Should().ThrowAsync<ApiException>();
    }

    private static Fault At(FaultSettings settings, int number) =>
        settings.Plan.At(new FaultPoint("somebody", number, string.Empty, "create")) ?? throw new InvalidOperationException("At a rate of 1 there is always one.");

    /// <summary>Whether it is over when its request is: after a restart requests are refused that are not counted.</summary>
    private static bool IsShort(Fault fault) =>
        fault.Kind is not (FaultKind.Restart or FaultKind.RestartEmpty) && (fault.Kind != FaultKind.Slow || fault.Time < TimeSpan.FromMilliseconds(500));

    private sealed class Always(Fault fault) : IFaultPlan
    {
        public Fault? At(FaultPoint point) => fault;
    }
}
