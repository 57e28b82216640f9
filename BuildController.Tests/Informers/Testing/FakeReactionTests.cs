using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Tests.Informers.Control;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Testing;

/// <summary>What a test makes a fake do with calls.</summary>
[TestFixture]
public sealed class FakeReactionTests
{
    private static readonly ObjectKey One = new("ns", "one");

    private VirtualWorld world = null!;
    private FakeClientset client = null!;

    private IResourceClient<Gadget> Gadgets => client.Resource(Gadget.Resource);

    [SetUp]
    public void Start()
    {
        world = new VirtualWorld();
        client = new FakeClientset(world.Runtime, Gadget.Resource.With(Gadget.Of("one"), Gadget.Of("two")));
    }

    [TestCase("patch", "gadgets", "*", 2)]
    [TestCase("patch", "gadgets.example.com", "*", 2)]
    [TestCase("patch", "gadgets/status", "*", 1)]
    [TestCase("patch", "gadgets/*", "*", 1)]
    [TestCase("*", "gadgets", "*", 4)]
    [TestCase("*", "*", "*", 5)]
    [TestCase("get", "*", "*", 2)]
    [TestCase("*", "*", "one", 3)]
    [TestCase("*", "*", "ns/one", 3)]
    [TestCase("list", "gadgets", "*", 1)]
    [TestCase("patch", "configmaps", "*", 0)]
    public async Task Calls_are_matched_by_verb_resource_and_name_a_resource_covers_its_subresources(string verb, string resource, string name, int expected)
    {
        FakeReaction reaction = client.On(verb, resource, name);

        await Gadgets.GetAsync(One);
        await Gadgets.ListAsync(null);
        await PatchAsync();
        await Gadgets.PatchStatusAsync(One, TestCluster.Merge("{}"));
        await client.Resource(Resources.Secrets).FindAsync(new ObjectKey("ns", "none"));

        reaction.Count.Should().Be(expected);
        client.ActionsOf(verb, resource, name).Should().HaveCount(expected, "what was done is found by the same rules");
    }

    [Test]
    public async Task A_typed_match_tells_groups_apart()
    {
        ResourceType<PartialObject> other = ResourceType.MetadataOnly(Gadget.Resource.Resource with { Group = "other.example.com" }, "Gadget", ResourceScope.Namespaced);
        client.Register(other);
        FakeReaction ours = client.On("list", Gadget.Resource), theirs = client.On("list", other), all = client.On(static request => !request.IsWrite);

        await Gadgets.ListAsync(null);

        (ours.Count, theirs.Count, all.Count).Should().Be((1, 0, 1));
        client.ActionsOf("list", other).Should().BeEmpty();
    }

    [Test]
    public void A_verb_that_never_comes_is_an_error_of_the_test() =>
        FluentActions.Invoking(() => client.On("put", "gadgets")).Should().Throw<ArgumentException>().WithMessage("'put' is no verb: it is one of get, list, watch, create, update, patch, delete*");

    [Test]
    public async Task Steps_take_turns_by_how_often_each_is_wanted()
    {
        FakeReaction reaction = client.On("patch", "gadgets").Refuse(ApiErrorReason.Conflict, times: 2).LoseAnswer(times: 1);

        (await RefusedAsync()).IsConflict.Should().BeTrue();
        (await RefusedAsync()).IsConflict.Should().BeTrue();
        (await SecretAsync()).Should().BeNull("nothing is applied of what is refused");
        (await RefusedAsync()).Reason.Should().Be(ApiErrorReason.ConnectionLost);
        (await SecretAsync()).Should().Be("s", "it was carried out all the same");
        await PatchAsync();

        reaction.Count.Should().Be(4);
        reaction.Actions.Lines.Should().AllBe("patch gadgets ns/one");
    }

    [TestCase(ApiErrorReason.Conflict, 409, "Operation cannot be fulfilled on gadgets.example.com \"one\": the object has been modified; please apply your changes to the latest version and try again")]
    [TestCase(ApiErrorReason.NotFound, 404, "gadgets.example.com \"one\" not found")]
    [TestCase(ApiErrorReason.TooManyRequests, 429, "too many requests, please try again later")]
    [TestCase(ApiErrorReason.InternalError, 500, "A reaction refused 'patch gadgets ns/one': InternalError.")]
    [TestCase(ApiErrorReason.ConnectionLost, 0, "The connection was lost while 'patch gadgets ns/one' was sent.")]
    public async Task A_refusal_by_its_reason_has_the_server_s_code_and_words(ApiErrorReason reason, int code, string message)
    {
        client.On("patch", "gadgets").Refuse(reason);

        ApiException error = await RefusedAsync();

        (error.Reason, error.Code, error.Message).Should().Be((reason, code, message));
        error.RetryAfter.HasValue.Should().Be(reason == ApiErrorReason.TooManyRequests);
    }

    [Test]
    public async Task An_answer_is_given_in_the_cluster_s_place()
    {
        client.On("get", Gadget.Resource, "one").Answer(Gadget.Resource, Gadget.Of("one", secret: "made-up"), times: 1);
        client.On("create", "gadgets").Answer(static request => new FakeResponse { Object = request.Body });

        (await SecretAsync()).Should().Be("made-up");
        (await SecretAsync()).Should().BeNull("it was for one call");
        await Gadgets.CreateAsync(Gadget.Of("three"));
        (await Gadgets.FindAsync(new ObjectKey("ns", "three"))).Should().BeNull("the cluster has not heard of it");
    }

    [Test]
    public async Task An_answer_is_changed_on_its_way_and_the_cluster_keeps_its_own()
    {
        FakeReaction reaction = client.On("get", "gadgets").ChangeObject(static gadget => gadget["spec"]!["secret"] = "seen");

        (await SecretAsync()).Should().Be("seen");
        reaction.Stop();

        (await SecretAsync()).Should().BeNull();
        reaction.Count.Should().Be(1);
    }

    [Test]
    public async Task Somebody_else_can_be_faster()
    {
        client.On("patch", "gadgets", "one").Run(_ => Gadgets.DeleteAsync(One), times: 1);

        (await RefusedAsync()).IsNotFound.Should().BeTrue();

        client.Writes.Lines.Should().Equal("patch gadgets ns/one", "delete gadgets ns/one");
    }

    [Test]
    public async Task What_is_run_may_throw_at_the_caller()
    {
        client.On("*", "*").Run(static _ => throw new ApiException(ApiErrorReason.ConnectionRefused, "down"));

        (await RefusedAsync()).Message.Should().Be("down");
    }

    [Test]
    public void A_delay_is_waited_on_the_world_s_clock_before_anything_is_done()
    {
        client.On("patch", "gadgets").Delay(TimeSpan.FromMinutes(5), times: 1);
        Task slow = world.Runtime.Start(PatchAsync);
        world.Advance(TimeSpan.FromMinutes(4));
        slow.IsCompleted.Should().BeFalse();
        world.Run(SecretAsync).Should().BeNull();

        world.Advance(TimeSpan.FromMinutes(1));

        slow.IsCompletedSuccessfully.Should().BeTrue();
        PatchAsync().IsCompletedSuccessfully.Should().BeTrue("it was for one call");
    }

    [Test]
    public void A_delayed_call_can_be_cancelled()
    {
        using var stop = new CancellationTokenSource();
        client.On("get", "gadgets").Delay(TimeSpan.FromHours(1));
        Task slow = world.Runtime.Start(() => Gadgets.GetAsync(One, stop.Token));
        world.RunUntilIdle();

        stop.Cancel();
        world.RunUntilIdle();

        slow.IsCanceled.Should().BeTrue();
        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public async Task The_newest_reaction_comes_first_and_what_it_answers_comes_no_further()
    {
        FakeReaction older = client.On("get", "gadgets");
        FakeReaction newer = client.On("get", "gadgets").Refuse(ApiErrorReason.InternalError, times: 1);

        await FluentActions.Awaiting(() => Gadgets.GetAsync(One)).Should().ThrowAsync<ApiException>();
        await Gadgets.GetAsync(One);

        (newer.Count, older.Count).Should().Be((2, 1));
    }

    [Test]
    public async Task Many_callers_at_once_are_counted_and_refused_exactly_as_often_as_said()
    {
        FakeReaction reaction = client.On("get", "gadgets").Refuse(ApiErrorReason.InternalError, times: 100);
        int refused = 0;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 250; i++)
            {
                try
                {
                    await Gadgets.GetAsync(One);
                }
                catch (ApiException)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        })));

        (reaction.Count, refused).Should().Be((1000, 100));
    }

    [Test]
    public void Limits_and_times_that_make_no_sense_are_refused()
    {
        FluentActions.Invoking(() => client.On("get", "*").Refuse(ApiErrorReason.NotFound, times: 0)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => client.On("get", "*").Delay(TimeSpan.FromSeconds(-1))).Should().Throw<ArgumentOutOfRangeException>();
    }

    private Task PatchAsync() => Gadgets.PatchAsync(One, TestCluster.Merge("""{ "spec": { "secret": "s" } }"""));

    private async Task<string?> SecretAsync() => (await Gadgets.GetAsync(One)).Spec.Secret;

    private async Task<ApiException> RefusedAsync() => (await FluentActions.Awaiting(PatchAsync).Should().ThrowAsync<ApiException>()).Which;
}
