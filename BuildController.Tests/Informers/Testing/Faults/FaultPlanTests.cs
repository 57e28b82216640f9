using BuildController.Informers.Testing.Faults;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Testing.Faults;

[TestFixture]
public sealed class FaultPlanTests
{
    private const int Many = 20_000;

    [Test]
    public void A_script_strikes_where_it_says_and_nowhere_else()
    {
        var plan = new ScriptedFaults([new(("a", 2), new Fault(FaultKind.Slow)), new(("b", 1), new Fault(FaultKind.Reset))]);

        plan.At(Point("a", 1)).Should().BeNull();
        plan.At(Point("a", 2))!.Kind.Should().Be(FaultKind.Slow);
        plan.At(Point("b", 1))!.Kind.Should().Be(FaultKind.Reset);
        plan.At(Point("b", 2)).Should().BeNull();
        ScriptedFaults.None.At(Point("a", 2)).Should().BeNull();
        ScriptedFaults.One("c", 3, new Fault(FaultKind.Pause)).At(Point("c", 3))!.Kind.Should().Be(FaultKind.Pause);
    }

    [Test]
    public void The_same_seed_draws_the_same_faults_whatever_the_order_of_asking()
    {
        FaultPoint[] points = [.. Points("a", "get"), .. Points("b", "watch")];
        var first = new SeededFaults(7, FaultProfile.Everything);
        var second = new SeededFaults(7, FaultProfile.Everything);

        Dictionary<FaultPoint, Fault?> forwards = points.ToDictionary(point => point, first.At);
        Dictionary<FaultPoint, Fault?> backwards = points.Reverse().ToDictionary(point => point, second.At);

        backwards.Should().HaveCount(points.Length);
        points.Should().OnlyContain(point => forwards[point] == backwards[point]);
        forwards.Values.Should().Contain(fault => fault != null);
    }

    [Test]
    public void Another_seed_another_client_and_another_number_draw_other_faults()
    {
        Fault?[] Drawn(int seed, string client, int from) =>
            [.. Enumerable.Range(from, 500).Select(number => new SeededFaults(seed, FaultProfile.Everything).At(Point(client, number)))];

        Fault?[] drawn = Drawn(1, "a", 1);

        Drawn(2, "a", 1).Should().NotEqual(drawn);
        Drawn(1, "b", 1).Should().NotEqual(drawn);
        Drawn(1, "a", 501).Should().NotEqual(drawn);
    }

    [Test]
    public void What_befalls_a_request_does_not_move_with_the_kinds_that_are_left_out()
    {
        var all = new SeededFaults(3, FaultProfile.Everything);
        var some = new SeededFaults(3, FaultProfile.Everything.Without(FaultKind.Slow, FaultKind.Pause));

        Points("a", "get").Should().OnlyContain(point => (all.At(point) == null) == (some.At(point) == null), "where something strikes, and when, is drawn apart from what");
    }

    [TestCase("get", 0.1)]
    [TestCase("patch", 0.1)]
    [TestCase("watch", 0.33)]
    public void As_many_are_befallen_as_the_rate_says(string verb, double rate)
    {
        var plan = new SeededFaults(11, FaultProfile.Everything);

        double drawn = Points("a", verb).Count(point => plan.At(point) is not null) / (double)Many;

        // Five standard deviations: a seed that fails is a generator that is wrong.
        drawn.Should().BeApproximately(rate, 5 * Math.Sqrt(rate * (1 - rate) / Many));
    }

    [Test]
    public void Each_kind_comes_as_often_as_its_weight_says()
    {
        var profile = new FaultProfile
        {
            RequestRate = 1,
            Weights = new Dictionary<FaultKind, double> { [FaultKind.Slow] = 3, [FaultKind.Reset] = 1, [FaultKind.WatchClosed] = 100 },
        };
        var plan = new SeededFaults(5, profile);

        Dictionary<FaultKind, int> drawn = Points("a", "get").GroupBy(point => plan.At(point)!.Kind).ToDictionary(group => group.Key, group => group.Count());

        drawn.Keys.Should().BeEquivalentTo([FaultKind.Slow, FaultKind.Reset], "a get has no watch that could close");
        drawn[FaultKind.Slow].Should().BeCloseTo(Many * 3 / 4, 350);
    }

    [TestCase("get")]
    [TestCase("list")]
    [TestCase("watch")]
    [TestCase("update")]
    public void Every_kind_that_fits_a_verb_is_drawn_and_no_other(string verb)
    {
        var plan = new SeededFaults(2, FaultProfile.Everything);

        Points("a", verb).Select(point => plan.At(point)?.Kind).OfType<FaultKind>().Distinct()
            .Should().BeEquivalentTo(Enum.GetValues<FaultKind>().Where(kind => new Fault(kind).Fits(verb)));
    }

    [Test]
    public void Times_and_numbers_of_events_stay_in_their_bounds_and_short_ones_are_more_likely()
    {
        FaultProfile profile = FaultProfile.Everything with { MaxTime = TimeSpan.FromSeconds(8), WatchRate = 1 };
        var plan = new SeededFaults(4, profile);

        Fault[] drawn = [.. Points("a", "watch").Select(point => plan.At(point)!)];

        drawn.Should().OnlyContain(fault => fault.Time > TimeSpan.Zero && fault.Time <= profile.MaxTime + TimeSpan.FromMilliseconds(1));
        drawn.Count(fault => fault.Time < TimeSpan.FromSeconds(1)).Should().BeCloseTo(Many / 2, 350, "time goes with the cube of the draw");
        drawn.Should().OnlyContain(fault => fault.AfterEvents >= 0 && fault.AfterEvents < 12);
        drawn.Count(fault => fault.AfterEvents == 0).Should().BeGreaterThan(drawn.Count(fault => fault.AfterEvents == 11));
        drawn.Where(fault => fault.IsAbrupt).Select(fault => fault.Kind).Distinct().Should().Equal(FaultKind.WatchTruncated);
    }

    [Test]
    public void Nothing_is_nothing_and_without_leaves_out()
    {
        var nothing = new SeededFaults(1, FaultProfile.Nothing);
        var none = new SeededFaults(1, FaultProfile.Everything.Without(Enum.GetValues<FaultKind>()));
        FaultProfile profile = FaultProfile.Everything.Without(FaultKind.Slow);

        Points("a", "get").Should().OnlyContain(point => nothing.At(point) == null && none.At(point) == null);
        profile.Weights.Keys.Should().BeEquivalentTo(Enum.GetValues<FaultKind>().Except([FaultKind.Slow]));
        FaultProfile.Everything.Weights.Keys.Should().Contain(FaultKind.Slow, "the profile it was made of is as it was");
    }

    private static IEnumerable<FaultPoint> Points(string client, string verb) => Enumerable.Range(1, Many).Select(number => new FaultPoint(client, number, verb, verb));

    private static FaultPoint Point(string client, int number) => new(client, number, "get configmaps default/a", "get");
}
