using BuildController.Informers.Api;
using BuildController.Informers.LeaderElection;
using BuildController.Tests.Informers.Cache;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BuildController.Tests.Informers.LeaderElection;

/// <summary>How an elector stops: work awaited first, then the lease given up.</summary>
[TestFixture]
public sealed class LeaderElectorStopTests
{
    private CapturingLoggerFactory logs = null!;
    private LeaseScene scene = null!;

    [SetUp]
    public void MakeScene()
    {
        logs = new CapturingLoggerFactory();
        scene = new LeaseScene(loggers: logs);
    }

    [TearDown]
    public void NothingIsLeftBehind()
    {
        scene.World.Time.ActiveTimers.Should().Be(0);
        logs.Dispose();
    }

    [Test]
    public void A_stop_reads_the_lease_anew_and_gives_it_up_with_its_number()
    {
        scene.Put(scene.HeldBy(""));
        LeaderElector elector = Start();
        Advance(5);
        scene.Client.ClearActions();

        Stop(elector);

        scene.Verbs.Should().Equal("get", "patch");
        scene.Stored!.Spec.Should().Be(scene.HeldBy("", transitions: 4) with { LeaseDurationSeconds = 1 });
        scene.World.Time.GetTimestamp().Should().Be(TimeSpan.FromSeconds(5).Ticks, "there was no work to wait for");
    }

    [Test]
    public void A_conflict_while_the_lease_is_given_up_is_read_again()
    {
        LeaderElector elector = Start();
        scene.Client.ClearActions();
        scene.Client.Fail("patch", "leases", new ApiException(ApiErrorReason.Conflict, "It has moved on."), times: 2);

        Stop(elector);

        scene.Verbs.Should().Equal("get", "patch", "get", "patch", "get", "patch");
        scene.Stored!.Spec.HolderIdentity.Should().BeEmpty();
    }

    [Test]
    public void Conflicts_without_end_end_with_the_renew_deadline()
    {
        LeaderElector elector = Start();
        scene.Client.Fail("patch", "leases", new ApiException(ApiErrorReason.Conflict, "It has moved on."), times: int.MaxValue);

        Stop(elector);

        scene.World.Time.GetTimestamp().Should().Be(TimeSpan.FromSeconds(10).Ticks);
        logs.Entries.Should().Contain(static entry => entry.Level == LogLevel.Warning && entry.Message.Contains("could not be given up"));
    }

    [Test]
    public void A_server_that_is_down_for_a_moment_still_hears_that_the_lease_is_free()
    {
        LeaderElector elector = Start();
        scene.Client.Fail("get", "leases", new ApiException(ApiErrorReason.ConnectionLost, "cut"), times: 2);

        Stop(elector);

        scene.Stored!.Spec.HolderIdentity.Should().BeEmpty();
    }

    [Test]
    public void A_server_that_hangs_does_not_hold_up_a_stop_for_longer_than_the_renew_deadline()
    {
        LeaderElector elector = Start();
        Hang("*", isApplied: false);

        Stop(elector);

        scene.World.Time.GetTimestamp().Should().Be(TimeSpan.FromSeconds(10).Ticks);
    }

    [TestCase("get", false)]
    [TestCase("patch", false)]
    [TestCase("patch", true)]
    public void A_stop_in_the_middle_of_a_renewal_still_gives_the_lease_up(string verb, bool isApplied)
    {
        using var cancel = new CancellationTokenSource();
        LeaderElector elector = scene.Elector();
        Task run = elector.RunAsync(cancel.Token);
        scene.World.RunUntilIdle();
        if (verb == "get")
            scene.Client.Fail("patch", "leases", new ApiException(ApiErrorReason.Conflict, "It has moved on."));
        Hang(verb, isApplied, times: 1);
        Advance(2);
        scene.Verbs.Last().Should().Be(verb);

        cancel.Cancel();
        scene.World.RunUntilIdle();

        run.IsCompletedSuccessfully.Should().BeTrue("whoever cancels a run gets it ended, not an error");
        scene.Stored!.Spec.HolderIdentity.Should().BeEmpty();
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_stop_in_the_middle_of_an_acquisition_gives_up_what_may_have_been_acquired(bool isApplied)
    {
        Hang("create", isApplied, times: 1);
        LeaderElector elector = Start();

        Stop(elector);

        scene.Verbs.Should().Equal(isApplied ? ["get", "create", "get", "patch"] : ["get", "create", "get"]);
        (scene.Stored?.Spec.HolderIdentity).Should().Be(isApplied ? "" : null);
    }

    [Test]
    public void A_standby_stops_without_a_request()
    {
        scene.Put(scene.HeldBy(LeaseScene.Other));
        LeaderElector elector = Start();
        scene.Client.ClearActions();

        Stop(elector);

        scene.Client.Actions.Should().BeEmpty();
        scene.Stored!.Spec.HolderIdentity.Should().Be(LeaseScene.Other);
    }

    [Test]
    public void A_lease_that_is_another_ones_by_now_is_not_given_up()
    {
        LeaderElector elector = Start();
        scene.Put(scene.HeldBy(LeaseScene.Other));

        Stop(elector);

        scene.Stored!.Spec.HolderIdentity.Should().Be(LeaseScene.Other);
    }

    [Test]
    public void A_lease_that_was_deleted_is_not_made_anew_to_be_given_up()
    {
        LeaderElector elector = Start();
        scene.Delete();

        Stop(elector);

        scene.Stored.Should().BeNull();
    }

    [Test]
    public void An_elector_that_is_told_not_to_give_the_lease_up_lets_it_expire()
    {
        scene.Options = scene.Options with { ReleaseOnStop = false };
        LeaderElector elector = Start();
        scene.Client.ClearActions();

        Stop(elector);

        scene.Client.Actions.Should().BeEmpty();
        scene.Stored!.Spec.HolderIdentity.Should().Be(LeaseScene.Me);
    }

    [Test]
    public void Work_that_does_not_heed_the_end_of_its_term_keeps_the_lease_until_it_ends()
    {
        LeaderElector elector = Start();
        LeaderElector other = Start(LeaseScene.Other);
        ILeaderTerm work = Join(elector);
        Advance(5);

        Task stop = scene.World.Runtime.Start(() => elector.StopAsync());
        scene.World.RunUntilIdle();
        work.Ended.IsCancellationRequested.Should().BeTrue();
        Advance(600);

        stop.IsCompleted.Should().BeFalse();
        (elector.IsLeading, elector.Lost.IsCancellationRequested).Should().Be((true, false), "what the work still has to write may be written");
        other.IsLeading.Should().BeFalse();
        scene.Stored!.Spec.RenewTime.Should().BeOnOrAfter(scene.World.Time.GetUtcNow().AddSeconds(-2));
        elector.JoinAsync().IsCompleted.Should().BeFalse("the term is over for those who come late");

        work.Dispose();
        scene.World.RunUntilIdle();
        stop.IsCompletedSuccessfully.Should().BeTrue();
        elector.IsLeading.Should().BeFalse();
        scene.Stored!.Spec.HolderIdentity.Should().BeEmpty();
        Advance(4.4);
        other.IsLeading.Should().BeTrue();
        Stop(other);
    }

    [Test]
    public void A_lease_that_cannot_be_renewed_while_work_is_awaited_is_lost_and_the_work_cut_off_but_still_awaited()
    {
        LeaderElector elector = Start();
        ILeaderTerm work = Join(elector);
        Task stop = scene.World.Runtime.Start(() => elector.StopAsync());
        scene.Client.Fail("*", "leases", new ApiException(ApiErrorReason.ConnectionRefused, "Nothing listens there."), times: 8);
        CancellationToken lost = elector.Lost;

        Advance(9.999);
        (elector.IsLeading, lost.IsCancellationRequested).Should().Be((true, false));
        Advance(60);
        (elector.IsLeading, lost.IsCancellationRequested, stop.IsCompleted).Should().Be((false, true, false));
        work.Dispose();
        scene.World.RunUntilIdle();

        stop.IsCompletedSuccessfully.Should().BeTrue();
        scene.Stored!.Spec.HolderIdentity.Should().BeEmpty("it was still this process's");
    }

    [Test]
    public void When_patience_ends_work_is_left_behind_leads_no_more_and_the_lease_expires()
    {
        LeaderElector elector = Start();
        ILeaderTerm work = Join(elector);
        Advance(4);
        using var patience = new CancellationTokenSource();
        Task stop = scene.World.Runtime.Start(() => elector.StopAsync(patience.Token));
        Advance(30);
        stop.IsCompleted.Should().BeFalse();

        patience.Cancel();
        scene.World.RunUntilIdle();

        stop.IsCompletedSuccessfully.Should().BeTrue();
        elector.IsLeading.Should().BeFalse();
        scene.Stored!.Spec.HolderIdentity.Should().Be(LeaseScene.Me, "others must wait for as long as they would for a vanished one");
        logs.Entries.Should().Contain(static entry => entry.Level == LogLevel.Error && entry.Message.StartsWith("1 participants"));
        scene.World.Time.ActiveTimers.Should().Be(0);

        Stop(elector);
        work.Dispose();
        scene.Stored!.Spec.HolderIdentity.Should().Be(LeaseScene.Me);
    }

    [Test]
    public void Work_that_lost_its_term_can_be_left_behind_too()
    {
        LeaderElector elector = Start();
        ILeaderTerm work = Join(elector);
        scene.Put(scene.HeldBy(LeaseScene.Other));
        Advance(60);

        Stop(elector, hurry: true);

        scene.Stored!.Spec.HolderIdentity.Should().Be(LeaseScene.Other);
        work.Dispose();
    }

    private LeaderElector Start(string identity = LeaseScene.Me)
    {
        LeaderElector elector = scene.Elector(identity);
        elector.RunAsync();
        scene.World.RunUntilIdle();
        return elector;
    }

    private ILeaderTerm Join(LeaderElector elector) => scene.World.Run(() => elector.JoinAsync());

    private void Advance(double seconds) => scene.World.Advance(TimeSpan.FromSeconds(seconds));

    private void Stop(LeaderElector elector, bool hurry = false)
    {
        scene.World.Run(() => elector.StopAsync(new CancellationToken(canceled: hurry)));
        elector.IsLeading.Should().BeFalse();
    }

    private void Hang(string verb, bool isApplied, int times = int.MaxValue) =>
        scene.Client.AddReactor(async (request, next, token) =>
        {
            if ((verb != "*" && request.Verb != verb) || times-- <= 0)
                return await next();
            if (isApplied)
                await next();
            await Task.Delay(Timeout.InfiniteTimeSpan, scene.World.Time, token);
            throw new InvalidOperationException("An infinite delay has ended.");
        });
}
