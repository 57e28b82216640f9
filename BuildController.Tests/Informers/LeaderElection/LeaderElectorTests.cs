using BuildController.Informers.Api;
using BuildController.Informers.Events;
using BuildController.Informers.LeaderElection;
using BuildController.Tests.Informers.Cache;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BuildController.Tests.Informers.LeaderElection;

/// <summary>Terms: how they begin, how they end, and who is waited for.</summary>
[TestFixture]
public sealed class LeaderElectorTests
{
    private static readonly ApiException Down = new(ApiErrorReason.ConnectionRefused, "Nothing listens there.");

    private CapturingLoggerFactory logs = null!;
    private LeaseScene scene = null!;

    [SetUp]
    public void MakeScene()
    {
        logs = new CapturingLoggerFactory();
        scene = new LeaseScene(loggers: logs);
    }

    [TearDown]
    public void DisposeLogs() => logs.Dispose();

    [Test]
    public void The_holder_renews_each_retry_period_with_one_write()
    {
        LeaderElector elector = Start();

        Advance(6);

        elector.IsLeading.Should().BeTrue();
        scene.Verbs.Should().Equal("get", "create", "patch", "patch", "patch");
        scene.Stored!.Spec.RenewTime.Should().Be(scene.World.Time.GetUtcNow());
        Stop(elector);
    }

    [Test]
    public void A_candidate_tries_again_after_the_retry_period_and_up_to_as_much_again_and_a_fifth_more()
    {
        scene.Put(scene.HeldBy(LeaseScene.Other) with { LeaseDurationSeconds = 1_000_000 });
        var times = new List<TimeSpan>();
        scene.Client.AddReactor((_, next, _) =>
        {
            times.Add(TimeSpan.FromTicks(scene.World.Time.GetTimestamp()));
            return next();
        });
        LeaderElector elector = Start();

        Advance(1000);

        IEnumerable<double> gaps = times.Zip(times.Skip(1), static (before, after) => (after - before).TotalSeconds);
        gaps.Should().HaveCountGreaterThan(250).And.OnlyContain(static gap => gap >= 2 && gap < 4.4).And.Contain(static gap => gap < 2.3).And.Contain(static gap => gap > 4.1);
        elector.IsLeading.Should().BeFalse();
        Stop(elector);
    }

    [Test]
    public void A_standby_leads_within_the_retry_period_and_jitter_when_the_lease_is_given_up()
    {
        LeaderElector first = Start(LeaseScene.Other);
        LeaderElector second = Start();
        Advance(60);
        (first.IsLeading, second.IsLeading, second.Leader).Should().Be((true, false, LeaseScene.Other));

        Stop(first);
        first.IsLeading.Should().BeFalse();
        Advance(4.4);

        (second.IsLeading, second.Leader).Should().Be((true, LeaseScene.Me));
        Stop(second);
    }

    [Test]
    public void A_standby_leads_when_the_holder_has_vanished_for_as_long_as_the_lease_lasts()
    {
        scene.Put(scene.HeldBy(LeaseScene.Other));
        LeaderElector elector = Start();

        Advance(14.9);
        elector.IsLeading.Should().BeFalse();
        Advance(4.5);

        elector.IsLeading.Should().BeTrue();
        Stop(elector);
    }

    [Test]
    public void Whatever_a_clientset_throws_the_loop_goes_on()
    {
        Exception[] errors = [Down, new NotSupportedException("bug"), new OperationCanceledException("nobody asked for it"), new ObjectDisposedException("client")];
        int next = 0;
        scene.Client.AddReactor((_, go, _) => next < errors.Length ? throw errors[next++] : go());
        LeaderElector elector = Start();

        Advance(4 * 4.4);

        elector.IsLeading.Should().BeTrue();
        logs.Entries.Count(static entry => entry.Level == LogLevel.Warning).Should().Be(1, "one warning for a row of failures");
        logs.Entries.Should().Contain(static entry => entry.Message.Contains("succeed again"));
        Stop(elector);
    }

    [Test]
    public void A_term_is_lost_when_the_last_successful_renewal_was_sent_the_renew_deadline_ago()
    {
        LeaderElector elector = Start();
        ILeaderTerm term = Join(elector);
        Advance(4);
        scene.Client.Fail("*", "leases", Down, times: int.MaxValue);

        Advance(9.999);
        (elector.IsLeading, term.Ended.IsCancellationRequested).Should().Be((true, false));
        Advance(0.001);

        (elector.IsLeading, term.Ended.IsCancellationRequested, elector.Lost.IsCancellationRequested).Should().Be((false, true, true));
        term.Dispose();
        Stop(elector);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Renewals_that_hang_or_are_applied_without_an_answer_count_as_failed(bool isApplied)
    {
        LeaderElector elector = Start();
        Advance(4);
        scene.Client.AddReactor(async (_, next, token) =>
        {
            if (isApplied)
                await next();
            await Task.Delay(Timeout.InfiniteTimeSpan, scene.World.Time, token);
            throw Down;
        });

        Advance(9.999);
        elector.IsLeading.Should().BeTrue();
        Advance(0.001);

        elector.IsLeading.Should().BeFalse();
        Stop(elector);
    }

    [Test]
    public void A_slow_answer_does_not_prolong_the_term_by_the_time_it_took()
    {
        LeaderElector elector = Start();
        TimeSpan latency = TimeSpan.FromSeconds(4);
        scene.Client.AddReactor(async (_, next, token) =>
        {
            await Task.Delay(latency, scene.World.Time, token);
            return await next();
        });
        Advance(6.5);
        scene.Verbs.Last().Should().Be("patch", "it was sent after two seconds and answered after six");
        latency = Timeout.InfiniteTimeSpan;

        Advance(5.4);
        elector.IsLeading.Should().BeTrue("the renewal was sent after two seconds");
        Advance(0.1);

        elector.IsLeading.Should().BeFalse();
        Stop(elector);
    }

    [Test]
    public void A_term_is_lost_as_soon_as_another_one_is_seen_to_hold_the_lease()
    {
        LeaderElector elector = Start();
        ILeaderTerm term = Join(elector);
        scene.Put(scene.HeldBy(LeaseScene.Other));

        Advance(2);

        (elector.IsLeading, term.Ended.IsCancellationRequested, elector.Leader).Should().Be((false, true, LeaseScene.Other));
        logs.Entries.Should().Contain(static entry => entry.Level == LogLevel.Warning && entry.Message.Contains("held by other"));
        term.Dispose();
        Stop(elector);
    }

    [Test]
    public void After_a_loss_nothing_is_sent_until_all_work_has_left_and_then_the_next_term_begins()
    {
        LeaderElector elector = Start();
        ILeaderTerm first = Join(elector);
        ILeaderTerm second = Join(elector);
        scene.Client.Fail("patch", "leases", Down, times: 4);
        scene.Client.Fail("get", "leases", Down, times: 4);
        Advance(10);
        scene.Client.ClearActions();

        ILeaderTerm? third = null;
        Task waiting = scene.World.Runtime.Start(async () => third = await elector.JoinAsync());
        first.Dispose();
        first.Dispose();
        Advance(60);
        scene.Client.Actions.Should().BeEmpty("the second one has not left");
        (waiting.IsCompleted, elector.IsLeading, elector.Health.Participants).Should().Be((false, false, 1));
        second.Dispose();
        scene.World.RunUntilIdle();

        elector.IsLeading.Should().BeTrue();
        waiting.IsCompletedSuccessfully.Should().BeTrue();
        third!.Token.Number.Should().Be(second.Token.Number, "nobody else had it");
        third.Dispose();
        Stop(elector);
    }

    [Test]
    public void The_numbers_of_terms_grow_with_each_change_of_the_holder()
    {
        scene.Put(scene.HeldBy(""));
        LeaderElector elector = Start();
        FencingToken first = Join(elector).Token;
        Stop(elector, within: null, abandon: true);
        LeaderElector other = Start(LeaseScene.Other);
        Advance(20);
        ILeaderTerm term = Join(other);

        (first, term.Token).Should().Be((new FencingToken("operators/test", "me", 4), new FencingToken("operators/test", "other", 5)));
        first.ToString().Should().Be("operators/test#4 (me)");
        term.Dispose();
        Stop(other);
    }

    [Test]
    public void An_elector_that_was_not_chosen_lets_nobody_join_until_the_waiting_is_cancelled()
    {
        scene.Put(scene.HeldBy(LeaseScene.Other) with { LeaseDurationSeconds = 3600 });
        LeaderElector elector = Start();
        using var cancel = new CancellationTokenSource();
        Task patient = scene.World.Runtime.Start(() => elector.JoinAsync());
        Task waiting = scene.World.Runtime.Start(() => elector.JoinAsync(cancel.Token));
        Advance(60);
        waiting.IsCompleted.Should().BeFalse();

        cancel.Cancel();
        scene.World.RunUntilIdle();
        Stop(elector);

        waiting.IsCanceled.Should().BeTrue();
        patient.IsCompleted.Should().BeFalse();
        FluentActions.Invoking(() => scene.World.Run(() => elector.JoinAsync(cancel.Token))).Should().Throw<OperationCanceledException>();
    }

    [Test]
    public void A_callback_that_throws_when_a_term_ends_keeps_nobody_else_from_being_told()
    {
        LeaderElector elector = Start();
        ILeaderTerm term = Join(elector);
        bool told = false;
        using CancellationTokenRegistration good = term.Ended.Register(() => told = true);
        using CancellationTokenRegistration bad = term.Ended.Register(static () => throw new InvalidOperationException("bad callback"));
        scene.Client.Fail("*", "leases", Down, times: int.MaxValue);

        Advance(10);

        told.Should().BeTrue();
        logs.Entries.Should().Contain(static entry => entry.Level == LogLevel.Error && entry.Message.Contains("callback"));
        term.Dispose();
        Stop(elector);
    }

    [Test]
    public void Handlers_are_told_of_each_change_of_the_leader_once_and_in_order()
    {
        scene.Put(scene.HeldBy("first"));
        LeaderElector elector = scene.Elector();
        var told = new List<string>();
        elector.LeaderChanged += static _ => throw new InvalidOperationException("bad handler");
        elector.LeaderChanged += change => told.Add($"{change.Previous}>{change.Current}");
        elector.RunAsync();
        Advance(10);
        scene.Put(scene.HeldBy("second"));
        Advance(10);
        scene.Put(scene.HeldBy(""));
        Advance(10);

        Stop(elector);

        told.Should().Equal(">first", "first>second", "second>me", "me>");
        logs.Entries.Count(static entry => entry.Message.Contains("handler threw", StringComparison.OrdinalIgnoreCase)).Should().Be(4);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Events_about_the_lease_say_when_terms_begin_and_end(bool isBroken)
    {
        var recorder = new Recorder { IsBroken = isBroken };
        var elector = new LeaderElector(scene.Client, scene.Options, scene.World.Runtime, recorder);
        elector.RunAsync();
        Advance(5);

        Stop(elector);

        recorder.Recorded.Should().Equal("Lease operators/test Normal LeaderElection: me became leader", "Lease operators/test Normal LeaderElection: me stopped leading");
    }

    [Test]
    public void An_elector_runs_once()
    {
        LeaderElector elector = Start();

        FluentActions.Invoking(() => { _ = elector.RunAsync(); }).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => { _ = elector.RunAsync(static _ => Task.CompletedTask); }).Should().Throw<InvalidOperationException>();
        Stop(elector);
        Stop(elector);
        FluentActions.Invoking(() => { _ = elector.RunAsync(); }).Should().Throw<InvalidOperationException>();
    }

    [TestCase(true)]
    [TestCase(false)]
    public void An_elector_stopped_before_its_run_sends_nothing(bool byToken)
    {
        LeaderElector elector = scene.Elector();
        if (!byToken)
            Stop(elector);

        scene.World.Run(() => elector.RunAsync(new CancellationToken(canceled: byToken)));

        scene.Client.Actions.Should().BeEmpty();
        scene.World.Time.ActiveTimers.Should().Be(0);
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

    private void Stop(LeaderElector elector, TimeSpan? within = null, bool abandon = false)
    {
        scene.World.Run(() => elector.StopAsync(new CancellationToken(canceled: abandon)), within);
        elector.IsLeading.Should().BeFalse();
    }

    private sealed class Recorder : IEventRecorder
    {
        public List<string> Recorded { get; } = [];

        public bool IsBroken { get; init; }

        public void Record(ObjectReference about, EventType type, string reason, string message)
        {
            Recorded.Add($"{about.Kind} {about.Namespace}/{about.Name} {type} {reason}: {message}");
            if (IsBroken)
                throw new InvalidOperationException("broken");
        }
    }
}
