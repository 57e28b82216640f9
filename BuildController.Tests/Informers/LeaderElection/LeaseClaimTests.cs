using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.LeaderElection;
using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.LeaderElection;

/// <summary>Single tries to get or renew a lease.</summary>
[TestFixture]
public sealed class LeaseClaimTests
{
    private LeaseScene scene = null!;

    [SetUp]
    public void MakeScene() => scene = new LeaseScene();

    [Test]
    public void Where_there_is_no_lease_it_is_created_and_held()
    {
        LeaseClaim claim = Claim();

        Try(claim).Should().BeTrue();

        scene.Verbs.Should().Equal("get", "create");
        scene.Stored!.Spec.Should().Be(scene.HeldBy(LeaseScene.Me, transitions: 0));
        claim.Holder.Should().Be(LeaseScene.Me);
    }

    [Test]
    public void A_lease_that_says_nothing_of_holders_is_taken()
    {
        scene.Put(new LeaseSpec());

        Try(Claim()).Should().BeTrue();

        scene.Verbs.Should().Equal("get", "patch");
        scene.Stored!.Spec.Should().Be(scene.HeldBy(LeaseScene.Me, transitions: 1));
    }

    [Test]
    public void A_lease_with_an_empty_holder_is_free_at_once_however_young_it_is()
    {
        LeaseClaim claim = Claim();
        scene.Put(scene.HeldBy(LeaseScene.Other));
        Try(claim).Should().BeFalse();
        scene.Put(scene.HeldBy(""));

        Try(claim).Should().BeTrue();

        scene.Stored!.Spec.Should().Be(scene.HeldBy(LeaseScene.Me, transitions: 4));
    }

    [Test]
    public void A_held_lease_is_left_alone_until_it_was_seen_unchanged_for_its_duration()
    {
        LeaseClaim claim = Claim();
        scene.Put(scene.HeldBy(LeaseScene.Other));

        Try(claim).Should().BeFalse();
        scene.World.Advance(TimeSpan.FromSeconds(15) - TimeSpan.FromTicks(1));
        Try(claim).Should().BeFalse();
        claim.Holder.Should().Be(LeaseScene.Other);
        scene.World.Advance(TimeSpan.FromTicks(1));
        Try(claim).Should().BeTrue();

        scene.Stored!.Spec.Should().Be(scene.HeldBy(LeaseScene.Me, transitions: 4));
    }

    [TestCase(-365)]
    [TestCase(365)]
    public void The_holders_clock_is_never_compared_with_ones_own(int days)
    {
        LeaseClaim claim = Claim();
        DateTimeOffset wrong = scene.World.Time.GetUtcNow().AddDays(days);
        scene.Put(scene.HeldBy(LeaseScene.Other) with { RenewTime = wrong, AcquireTime = wrong });

        Try(claim).Should().BeFalse("it was seen for the first time just now");
        scene.World.Advance(TimeSpan.FromSeconds(14));
        scene.Put(scene.HeldBy(LeaseScene.Other) with { RenewTime = wrong.AddSeconds(14) });
        Try(claim).Should().BeFalse("it has changed");
        scene.World.Advance(TimeSpan.FromSeconds(14));
        Try(claim).Should().BeFalse("it changed less than its duration ago");
        scene.World.Advance(TimeSpan.FromSeconds(1));
        Try(claim).Should().BeTrue();
    }

    [Test]
    public void The_duration_that_counts_is_the_one_the_holder_wrote()
    {
        LeaseClaim claim = Claim();
        scene.Put(scene.HeldBy(LeaseScene.Other) with { LeaseDurationSeconds = 60 });
        Try(claim).Should().BeFalse();

        scene.World.Advance(TimeSpan.FromSeconds(59));
        Try(claim).Should().BeFalse();
        scene.World.Advance(TimeSpan.FromSeconds(1));
        Try(claim).Should().BeTrue();
    }

    [Test]
    public void A_change_of_labels_is_no_sign_of_life()
    {
        LeaseClaim claim = Claim();
        scene.Put(scene.HeldBy(LeaseScene.Other));
        Try(claim);
        scene.World.Advance(TimeSpan.FromSeconds(14));
        scene.Change(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["a"] = "b" } } });
        Try(claim).Should().BeFalse();

        scene.World.Advance(TimeSpan.FromSeconds(1));

        Try(claim).Should().BeTrue();
    }

    [Test]
    public void Ones_own_lease_is_renewed_without_a_transition_and_with_its_time_of_acquisition()
    {
        scene.Put(scene.HeldBy(LeaseScene.Me));
        LeaseSpec before = scene.Stored!.Spec;
        scene.World.Advance(TimeSpan.FromHours(1));

        Try(Claim()).Should().BeTrue();

        scene.Stored!.Spec.Should().Be(before with { RenewTime = scene.World.Time.GetUtcNow() });
    }

    [Test]
    public void Who_creates_the_lease_first_has_it()
    {
        LeaseClaim claim = Claim();
        BeforeNext("create", () => scene.Put(scene.HeldBy(LeaseScene.Other)));

        Try(claim).Should().BeFalse("that is no error");

        scene.Stored!.Spec.HolderIdentity.Should().Be(LeaseScene.Other);
        claim.MayBeMine.Should().BeFalse();
    }

    [Test]
    public void Who_takes_an_expired_lease_first_has_it()
    {
        scene.Put(scene.HeldBy("gone"));
        LeaseClaim claim = Claim();
        Try(claim);
        scene.World.Advance(TimeSpan.FromSeconds(15));
        BeforeNext("patch", () => scene.Put(scene.HeldBy(LeaseScene.Other)));

        Try(claim).Should().BeFalse("that is no error");

        scene.Stored!.Spec.HolderIdentity.Should().Be(LeaseScene.Other);
        claim.MayBeMine.Should().BeFalse();
    }

    [Test]
    public void A_server_that_cannot_be_asked_is_an_error_and_nothing_is_written()
    {
        scene.Client.Fail("get", "leases", new ApiException(ApiErrorReason.Forbidden, "You may not."));

        FluentActions.Invoking(() => Try(Claim())).Should().Throw<ApiException>().Which.IsDenied.Should().BeTrue();

        scene.Verbs.Should().Equal("get");
    }

    [Test]
    public void A_namespace_that_does_not_exist_is_an_error()
    {
        scene.Options = scene.Options with { Namespace = "nowhere" };

        FluentActions.Invoking(() => Try(Claim())).Should().Throw<ApiException>().Which.IsNotFound.Should().BeTrue();
    }

    [Test]
    public void The_holder_renews_with_one_write_and_no_read()
    {
        LeaseClaim claim = Claim();
        Try(claim);
        Try(claim, isRenewal: true);
        Try(claim, isRenewal: true);

        scene.Verbs.Should().Equal("get", "create", "patch", "patch");
    }

    [Test]
    public void A_renewal_that_is_based_on_an_old_version_reads_the_lease_and_goes_on()
    {
        LeaseClaim claim = Claim();
        Try(claim);
        scene.Change(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["a"] = "b" } } });

        Try(claim, isRenewal: true).Should().BeTrue();
        Try(claim, isRenewal: true).Should().BeTrue();

        scene.Verbs.Should().Equal("get", "create", "patch", "get", "patch", "patch");
    }

    [Test]
    public void A_renewal_never_takes_the_lease_from_another_one()
    {
        LeaseClaim claim = Claim();
        Try(claim);
        scene.Put(scene.HeldBy(LeaseScene.Other));
        scene.World.Advance(TimeSpan.FromHours(1));

        Try(claim, isRenewal: true).Should().BeFalse();

        claim.IsMine.Should().BeFalse();
        scene.Verbs.Should().Equal("get", "create", "patch", "get");
    }

    [Test]
    public void A_renewal_does_not_take_a_lease_that_was_another_ones_meanwhile_and_is_free_again()
    {
        LeaseClaim claim = Claim();
        Try(claim);
        scene.Put(scene.HeldBy(""));

        Try(claim, isRenewal: true).Should().BeFalse("that would be a new term");

        Try(claim).Should().BeTrue();
        scene.Stored!.Spec.LeaseTransitions.Should().Be(4);
    }

    [Test]
    public void A_lease_that_was_deleted_is_created_anew_by_its_holder_with_its_numbers()
    {
        scene.Put(scene.HeldBy(""));
        LeaseClaim claim = Claim();
        Try(claim);
        LeaseSpec before = scene.Stored!.Spec;
        scene.World.Advance(TimeSpan.FromSeconds(2));
        scene.Delete();

        Try(claim, isRenewal: true).Should().BeTrue();

        scene.Stored!.Spec.Should().Be(before with { RenewTime = scene.World.Time.GetUtcNow() });
        scene.Verbs.Should().Equal("get", "patch", "patch", "get", "create");
    }

    [Test]
    public void A_deleted_lease_is_left_to_the_holder_that_was_seen_last_for_as_long_as_it_lasts()
    {
        scene.Put(scene.HeldBy(LeaseScene.Other));
        LeaseClaim claim = Claim();
        Try(claim);
        scene.Delete();
        scene.World.Advance(TimeSpan.FromSeconds(14));
        Try(claim).Should().BeFalse("its holder may not know");

        scene.World.Advance(TimeSpan.FromSeconds(1));

        Try(claim).Should().BeTrue();
        scene.Stored!.Spec.LeaseTransitions.Should().Be(4, "numbers of terms grow");
    }

    [Test]
    public void A_request_that_hangs_ends_after_half_of_the_renew_deadline()
    {
        scene.Client.AddReactor(async (_, next, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, scene.World.Time, token);
            return await next();
        });
        LeaseClaim claim = Claim();

        FluentActions.Invoking(() => Try(claim)).Should().Throw<ApiException>().Which.Reason.Should().Be(ApiErrorReason.ConnectionLost);

        scene.World.Time.GetTimestamp().Should().Be(TimeSpan.FromSeconds(5).Ticks);
        scene.World.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void The_moment_of_a_success_is_the_one_before_the_write_was_sent()
    {
        scene.Client.AddReactor(async (_, next, token) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), scene.World.Time, token);
            return await next();
        });
        LeaseClaim claim = Claim();

        Moment? sent = scene.World.Run(() => claim.TryAsync(isRenewal: false, CancellationToken.None));

        sent!.Timestamp.Should().Be(TimeSpan.FromSeconds(1).Ticks, "the read took a second, and so did the write");
    }

    [Test]
    public void Labels_are_merged_onto_the_lease_and_what_else_it_has_stays()
    {
        scene.Put(new LeaseSpec());
        scene.Change(new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["labels"] = new JsonObject { ["theirs"] = "1", ["ours"] = "old" },
                ["annotations"] = new JsonObject { ["note"] = "2" },
            },
            ["spec"] = new JsonObject { ["strategy"] = "OldestEmulationVersion", ["preferredHolder"] = "you" },
        });
        scene.Options = scene.Options with { Labels = new Dictionary<string, string> { ["ours"] = "new" } };

        Try(Claim());

        JsonNode stored = scene.StoredJson;
        stored["metadata"]!["labels"]!.ToJsonString().Should().Be("{\"theirs\":\"1\",\"ours\":\"new\"}");
        stored["metadata"]!["annotations"]!["note"]!.GetValue<string>().Should().Be("2");
        stored["spec"]!["strategy"]!.GetValue<string>().Should().Be("OldestEmulationVersion");
        stored["spec"]!["preferredHolder"]!.GetValue<string>().Should().Be("you");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_lease_without_labels_gets_those_asked_for(bool exists)
    {
        if (exists)
            scene.Put(new LeaseSpec());
        scene.Options = scene.Options with { Labels = new Dictionary<string, string> { ["ours"] = "new" } };

        Try(Claim());

        scene.Stored!.Metadata.Labels.Should().BeEquivalentTo(new Dictionary<string, string> { ["ours"] = "new" });
    }

    [Test]
    public void Without_labels_asked_for_those_of_the_lease_stay()
    {
        scene.Put(new LeaseSpec());
        scene.Change(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["theirs"] = "1" } } });

        Try(Claim());

        scene.Stored!.Metadata.Labels.Should().BeEquivalentTo(new Dictionary<string, string> { ["theirs"] = "1" });
    }

    private LeaseClaim Claim() => new(scene.Client, scene.Options, LeaseScene.Me, scene.World.Runtime, NullLogger.Instance);

    private bool Try(LeaseClaim claim, bool isRenewal = false) =>
        scene.World.Run(() => claim.TryAsync(isRenewal, CancellationToken.None)) is not null;

    private void BeforeNext(string verb, Action act)
    {
        bool done = false;
        scene.Client.AddReactor((request, next, _) =>
        {
            if (request.Verb == verb && !done)
            {
                done = true;
                act();
            }

            return next();
        });
    }
}
