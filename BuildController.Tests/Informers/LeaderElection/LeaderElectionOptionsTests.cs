using BuildController.Informers.LeaderElection;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.LeaderElection;

[TestFixture]
public sealed class LeaderElectionOptionsTests
{
    private static readonly LeaderElectionOptions Valid = new() { Namespace = "operators", Name = "test" };

    [Test]
    public void The_defaults_are_client_gos()
    {
        (Valid.LeaseDuration.TotalSeconds, Valid.RenewDeadline.TotalSeconds, Valid.RetryPeriod.TotalSeconds).Should().Be((15, 10, 2));
        Valid.ReleaseOnStop.Should().BeTrue();
        Valid.RequestTimeout.TotalSeconds.Should().Be(5);
        (Valid with { RenewDeadline = TimeSpan.FromSeconds(1) }).RequestTimeout.TotalSeconds.Should().Be(1, "less would be cut off too often");
        FluentActions.Invoking(() => Make(Valid)).Should().NotThrow();
    }

    [Test]
    public void Values_that_contradict_each_other_are_refused_and_the_message_names_the_value_and_the_way_out()
    {
        (LeaderElectionOptions Options, string Says)[] wrong =
        [
            (Valid with { Namespace = "" }, "Namespace is empty: say in which"),
            (Valid with { Name = "" }, "Name is empty: give the lease a name"),
            (Valid with { Identity = "" }, "Identity is empty: give each process one"),
            (Valid with { LeaseDuration = TimeSpan.Zero }, "LeaseDuration of 00:00:00 is not a positive time"),
            (Valid with { RenewDeadline = TimeSpan.FromSeconds(-1) }, "RenewDeadline of -00:00:01 is not a positive time"),
            (Valid with { RetryPeriod = TimeSpan.Zero }, "RetryPeriod of 00:00:00 is not a positive time"),
            (Valid with { LeaseDuration = TimeSpan.FromSeconds(10) }, "LeaseDuration of 00:00:10 is not longer than RenewDeadline of 00:00:10: raise"),
            (Valid with { RetryPeriod = TimeSpan.FromSeconds(10) / 1.2 }, "RenewDeadline of 00:00:10 is not longer than 1.2 times RetryPeriod of"),
        ];

        foreach ((LeaderElectionOptions options, string says) in wrong)
            FluentActions.Invoking(() => Make(options)).Should().Throw<ArgumentException>().Which.Message.Should().Contain(says);
    }

    [Test]
    public void An_identity_that_is_left_out_is_the_machines_name_and_never_the_same_twice()
    {
        string first = Make(Valid).Identity;
        string second = Make(Valid).Identity;

        first.Should().StartWith(Environment.MachineName + "_").And.NotBe(second);
        Make(Valid with { Identity = "me" }).Identity.Should().Be("me");
    }

    [Test]
    public void A_lease_is_written_in_whole_seconds_and_never_shorter_than_it_is() =>
        (Valid with { LeaseDuration = TimeSpan.FromSeconds(15.2) }).LeaseDurationSeconds.Should().Be(16);

    [Test]
    public void Later_changes_of_the_options_do_not_reach_the_elector()
    {
        var world = new VirtualWorld();
        var client = new FakeClientset(runtime: world.Runtime);
        LeaderElectionOptions options = Valid with { Identity = "me" };
        var elector = new LeaderElector(client, options, world.Runtime);
        options.Name = "changed";

        elector.RunAsync();
        world.RunUntilIdle();
        world.Run(() => elector.StopAsync());

        client.Actions.Select(static action => action.Key.Name).Distinct().Should().Equal("test");
    }

    private static LeaderElector Make(LeaderElectionOptions options) => new(new FakeClientset(), options);
}
