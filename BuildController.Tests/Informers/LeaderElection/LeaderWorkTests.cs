using BuildController.Informers.Api;
using BuildController.Informers.LeaderElection;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.LeaderElection;

/// <summary>Work given to an elector as a function.</summary>
[TestFixture]
public sealed class LeaderWorkTests
{
    private static readonly ApiException Down = new(ApiErrorReason.ConnectionRefused, "Nothing listens there.");

    private LeaseScene scene = null!;
    private LeaderElector elector = null!;
    private List<string> log = null!;

    [SetUp]
    public void MakeElector()
    {
        scene = new LeaseScene();
        elector = scene.Elector();
        log = [];
    }

    [TearDown]
    public async Task NothingIsLeftBehind()
    {
        scene.World.Run(() => elector.StopAsync());
        await elector.DisposeAsync();
        scene.World.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void Work_runs_once_in_each_term_and_ends_before_the_next_begins()
    {
        Task run = elector.RunAsync(async term =>
        {
            Note("begins");
            await UntilAsync(term.Ended);
            await Task.Delay(TimeSpan.FromSeconds(5), scene.World.Time, CancellationToken.None);
            Note("ends");
        });
        Advance(3);
        scene.Client.Fail("*", "leases", Down, times: 8);
        Advance(60);

        Task stop = scene.World.Runtime.Start(() => elector.StopAsync());
        Advance(10);

        log.Should().Equal("0 begins", "17 ends", "17 begins", "68 ends");
        (run.IsCompletedSuccessfully, stop.IsCompletedSuccessfully).Should().Be((true, true));
        scene.Stored!.Spec.HolderIdentity.Should().BeEmpty();
    }

    [Test]
    public void A_cancellation_of_the_run_ends_the_work_and_then_gives_the_lease_up()
    {
        using var cancel = new CancellationTokenSource();
        Task run = elector.RunAsync(async term => await Task.Delay(Timeout.InfiniteTimeSpan, scene.World.Time, term.Ended), cancel.Token);
        Advance(5);

        cancel.Cancel();
        scene.World.RunUntilIdle();

        run.IsCompletedSuccessfully.Should().BeTrue();
        scene.Stored!.Spec.HolderIdentity.Should().BeEmpty();
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Work_that_fails_stops_the_elector_and_gives_the_lease_up_for_others_to_try(bool isCancellation)
    {
        Exception error = isCancellation ? new OperationCanceledException("nobody asked for it") : new InvalidOperationException("broken");
        Task run = elector.RunAsync(_ => throw error);

        scene.World.RunUntilIdle();

        run.IsCompleted.Should().BeTrue();
        FluentActions.Invoking(() => run.GetAwaiter().GetResult()).Should().Throw<Exception>().Which.Should().BeSameAs(error);
        scene.Stored!.Spec.HolderIdentity.Should().BeEmpty();
        elector.IsLeading.Should().BeFalse();
    }

    [Test]
    public void Work_that_is_done_early_is_not_begun_again_in_its_term_and_the_term_goes_on()
    {
        int runs = 0;
        elector.RunAsync(_ =>
        {
            runs++;
            return Task.CompletedTask;
        });
        Advance(60);
        (runs, elector.IsLeading, elector.Health.Participants).Should().Be((1, true, 0));

        scene.Client.Fail("*", "leases", Down, times: 10);
        Advance(60);

        runs.Should().Be(2, "there was a second term");
    }

    [Test]
    public void Work_of_a_process_that_never_leads_never_runs()
    {
        scene.Put(scene.HeldBy(LeaseScene.Other) with { LeaseDurationSeconds = 3600 });
        Task run = elector.RunAsync(_ => throw new InvalidOperationException("not the leader"));
        Advance(60);

        scene.World.Run(() => elector.StopAsync());

        run.IsCompletedSuccessfully.Should().BeTrue();
    }

    private void Note(string what) => log.Add($"{TimeSpan.FromTicks(scene.World.Time.GetTimestamp()).TotalSeconds:0} {what}");

    private void Advance(double seconds) => scene.World.Advance(TimeSpan.FromSeconds(seconds));

    private async Task UntilAsync(CancellationToken token)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, scene.World.Time, token);
        }
        catch (OperationCanceledException)
        {
        }
    }
}
