using BuildController.Informers.Events;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Events;

[TestFixture]
public sealed class EventSpamFilterTests
{
    private static readonly EventRecorderOptions OnlyOne = new() { SpamBurst = 1 };

    [Test]
    public void Events_about_one_object_share_a_budget_whatever_their_reason()
    {
        CorrelatorScene scene = After(OnlyOne);

        scene.Tell("duplicate", "me again").Should().BeNull();
    }

    [Test]
    public void A_scope_gives_each_reason_a_budget_of_its_own()
    {
        CorrelatorScene scene = After(OnlyOne with { SpamScope = static item => item.Reason });

        scene.Tell("duplicate", "me again").Should().BeEquivalentTo(new { Reason = "duplicate", Count = 1 });
    }

    [Test]
    public void Within_a_scope_another_message_is_no_other_budget()
    {
        CorrelatorScene scene = After(OnlyOne with { SpamScope = static item => item.Reason });

        scene.Tell("original", "me again").Should().BeNull();
    }

    [Test]
    public void Another_object_and_another_component_have_budgets_of_their_own()
    {
        CorrelatorScene scene = After(OnlyOne);

        scene.Tell("original", "i am first", CorrelatorScene.Pod with { Name = "another" }).Should().NotBeNull();
        scene.Tell("original", "i am first", component: "scheduler").Should().NotBeNull();
        scene.Tell("original", "i am first", CorrelatorScene.Pod with { FieldPath = null }).Should().BeNull("a part of an object is no other object");
    }

    [Test]
    public void Twenty_five_at_once_and_one_every_five_minutes_are_written()
    {
        var scene = new CorrelatorScene { Step = TimeSpan.FromSeconds(1) };

        double[] written = [.. Times(scene, 1_300)];

        written.Take(25).Should().Equal(Enumerable.Range(0, 25).Select(i => (double)i));
        written.Skip(25).Should().Equal(300, 600, 900, 1200);
    }

    [Test]
    public void Time_without_events_refills_the_burst_and_no_more()
    {
        var scene = new CorrelatorScene { Step = TimeSpan.Zero };
        Times(scene, 30).Should().HaveCount(25);
        scene.Now += TimeSpan.FromMinutes(5) * 3;
        Times(scene, 30).Should().HaveCount(3);
        scene.Now += TimeSpan.FromDays(1000);

        Times(scene, 30).Should().HaveCount(25);
    }

    [Test]
    public void Part_of_the_time_for_one_event_is_not_lost()
    {
        var scene = new CorrelatorScene { Step = TimeSpan.Zero };
        Times(scene, 26).Should().HaveCount(25);
        scene.Now += TimeSpan.FromSeconds(450);
        Times(scene, 2).Should().HaveCount(1);
        scene.Now += TimeSpan.FromSeconds(150);

        Times(scene, 2).Should().HaveCount(1);
    }

    [Test]
    public void Events_told_out_of_the_order_of_their_times_take_from_the_budget_like_others()
    {
        var scene = new CorrelatorScene(new EventRecorderOptions { SpamBurst = 3 }) { Now = TimeSpan.FromSeconds(10), Step = TimeSpan.FromSeconds(-1) };

        Times(scene, 8).Should().HaveCount(3);
    }

    private static CorrelatorScene After(EventRecorderOptions options)
    {
        var scene = new CorrelatorScene(options) { Step = TimeSpan.FromSeconds(1) };
        scene.Tell("original", "i am first").Should().NotBeNull();
        return scene;
    }

    private static List<double> Times(CorrelatorScene scene, int events)
    {
        List<double> written = [];
        for (int i = 0; i < events; i++)
        {
            double now = scene.Now.TotalSeconds;
            if (scene.Tell("duplicate", "me again") is not null)
                written.Add(now);
        }

        return written;
    }
}
