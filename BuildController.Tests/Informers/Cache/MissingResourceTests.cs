using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

/// <summary>A resource that the server does not have, as that of a definition that is not installed.</summary>
[TestFixture]
public sealed class MissingResourceTests
{
    private static readonly ApiException NotServed = new(new ApiStatus { Status = "Failure", Code = 404, Reason = "NotFound", Message = "the server could not find the requested resource" });

    private static readonly ReflectorOptions MissingIsEmpty = new() { TreatMissingAsEmpty = true, WatchIdleTimeout = Timeout.InfiniteTimeSpan };

    [Test]
    public void An_informer_of_what_is_not_served_does_not_sync_unless_it_is_told_to()
    {
        var scene = new CacheScene();
        scene.Server.ListFails(NotServed);

        scene.Start();

        scene.Informer.HasSynced.Should().BeFalse();
        scene.Informer.Health.LastError.Should().BeSameAs(NotServed);
    }

    [Test]
    public void Taken_for_empty_it_syncs_is_healthy_and_says_so_once()
    {
        var loggers = new CapturingLoggerFactory();
        var scene = new CacheScene(reflector: MissingIsEmpty, loggers: loggers);
        scene.Server.ListFails(NotServed).ListFails(NotServed);

        scene.Start().World.Advance(TimeSpan.FromSeconds(10));

        scene.Informer.HasSynced.Should().BeTrue();
        scene.Registration.HasSynced.Should().BeTrue();
        scene.Informer.Health.LastError.Should().BeNull();
        scene.Server.ListRequests.Should().HaveCountGreaterThan(2, "it goes on asking");
        loggers.Entries.Should().ContainSingle(static entry => entry.Message.Contains("does not serve", StringComparison.Ordinal));
    }

    [Test]
    public void It_is_asked_again_with_back_off_and_taken_up_when_it_is_served()
    {
        var scene = new CacheScene(reflector: MissingIsEmpty);
        for (int i = 0; i < 6; i++)
            scene.Server.ListFails(NotServed);

        scene.Server.List(10, Widget.Of("a", 1)).Watch(Added(Widget.Of("b", 11)));
        scene.Start();
        scene.World.Advance(TimeSpan.FromSeconds(10));
        scene.Server.ListRequests.Should().HaveCountLessThan(6);
        scene.World.Advance(TimeSpan.FromMinutes(2));

        scene.Handler.Told.Should().Equal("+ a@1", "+ b@11");
    }

    [Test]
    public void Objects_of_a_resource_that_goes_away_are_told_as_deleted_and_come_back_with_it()
    {
        var scene = new CacheScene(reflector: MissingIsEmpty);
        scene.Server.List(10, Widget.Of("a", 1)).WatchFails(NotServed).ListFails(NotServed).List(30, Widget.Of("a", 21));

        scene.Start();
        scene.Stored.Should().BeEmpty();
        scene.World.Advance(TimeSpan.FromMinutes(1));

        scene.Handler.Told.Should().HaveCount(3);
        scene.Stored.Should().Equal("a@21");
        scene.Server.ListVersions.Last().Should().Be("0", "versions of what is gone mean nothing");
    }

    [Test]
    public void Other_refusals_are_still_failures()
    {
        var scene = new CacheScene(reflector: MissingIsEmpty);
        scene.Server.ListFails(new ApiException(new ApiStatus { Status = "Failure", Code = 403, Reason = "Forbidden", Message = "not yours" }));

        scene.Start();

        scene.Informer.HasSynced.Should().BeFalse();
        scene.Informer.Health.LastError.Should().NotBeNull();
    }
}
