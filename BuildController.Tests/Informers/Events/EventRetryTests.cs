using System.Text.Json;
using BuildController.Informers.Api;
using BuildController.Informers.Events;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Events;

[TestFixture]
public sealed class EventRetryTests
{
    private EventScene scene = null!;

    [SetUp]
    public void Begin() => scene = new EventScene();

    [TearDown]
    public void End()
    {
        scene.Dispose();
        scene.World.Time.ActiveTimers.Should().Be(0);
    }

    private static IEnumerable<Exception> NoAnswers() =>
    [
        EventScene.Refused,
        new ApiException(ApiErrorReason.ConnectionLost, "cut"),
        new ApiException(ApiErrorReason.MalformedResponse, "garbage"),
        new ApiException(ApiErrorReason.Unknown, "who knows"),
        new TimeoutException("an interceptor's own"),
        new OperationCanceledException("not ours"),
        new JsonException("A weird error"),
    ];

    private static IEnumerable<Exception> LastWords() =>
    [
        EventScene.Answer(400, "BadRequest"),
        EventScene.Answer(401, "Unauthorized"),
        EventScene.Answer(403, "Forbidden"),
        EventScene.Answer(404, "NotFound"),
        EventScene.Answer(409, "Conflict"),
        EventScene.Answer(422, "Invalid", retryAfter: 1),
        EventScene.Answer(429, "TooManyRequests"),
        EventScene.Answer(500, "InternalError"),
        EventScene.Answer(502, ""),
        EventScene.Answer(503, "ServiceUnavailable"),
        new ApiException(ApiErrorReason.Forbidden, "An interceptor says so."),
        new ArgumentException("The object's name is missing."),
        new InvalidOperationException("no"),
        new ObjectDisposedException("clientset"),
    ];

    [TestCaseSource(nameof(NoAnswers))]
    public void Without_an_answer_an_event_is_tried_twelve_times_and_then_given_up(Exception error)
    {
        scene.Fail(error).Record("Started", "1").Advance(3600);

        scene.Times.Should().HaveCount(12);
        scene.Recorder.Dropped.Should().Be(1);
        scene.Warnings.Should().ContainSingle().Which.Should().Contain("Started about Pod default/foo").And.Contain("12 tries");
        scene.Heal().Record("Next", "1").Stored.Should().ContainSingle("the next has its turn").Which.Reason.Should().Be("Next");
    }

    [TestCaseSource(nameof(LastWords))]
    public void An_answer_is_the_last_word_and_so_is_a_request_that_cannot_be_made(Exception error)
    {
        scene.Fail(error).Record("Started", "1").Advance(3600);

        scene.Times.Should().Equal(0);
        scene.Recorder.Dropped.Should().Be(1);
        scene.Warnings.Should().ContainSingle().Which.Should().Contain("refused").And.Contain("Started");
    }

    [Test]
    public void The_first_wait_is_random_and_the_others_are_ten_seconds()
    {
        double[] FirstWaits() => [.. Enumerable.Range(1, 40).Select(static seed =>
        {
            var run = new EventScene(seed: seed);
            run.Fail(EventScene.Refused).Record("Started", "1").Advance(3600);
            run.Times.Skip(1).Zip(run.Times.Skip(2), static (earlier, later) => later - earlier).Should().HaveCount(10).And.OnlyContain(wait => Math.Abs(wait - 10) < 1e-6);
            run.Dispose();
            return run.Times[1];
        })];

        FirstWaits().Should().OnlyContain(static wait => wait >= 0 && wait < 10).And.OnlyHaveUniqueItems()
            .And.Contain(static wait => wait < 2).And.Contain(static wait => wait > 8);
    }

    [Test]
    public void A_server_that_comes_back_gets_the_event_and_those_that_waited_in_their_order()
    {
        scene.Fail(EventScene.Refused, times: 2).Record("A", "1").Record("B", "1").Record("C", "1");
        scene.Stored.Should().BeEmpty();

        scene.Advance(20);

        scene.Calls.Should().HaveCount(5);
        scene.Stored.Select(static item => item.Reason).Should().Equal("A", "B", "C");
        scene.Stored.Should().OnlyContain(static item => item.FirstTimestamp == new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero), "it tells when it happened");
        scene.Recorder.Dropped.Should().Be(0);
    }

    [TestCase(429, "TooManyRequests")]
    [TestCase(500, "InternalError")]
    [TestCase(503, "ServiceUnavailable")]
    [TestCase(504, "Timeout")]
    public void A_server_that_asks_to_come_back_is_asked_again_and_not_before(int code, string reason)
    {
        scene.Fail(EventScene.Answer(code, reason, retryAfter: 30), times: 2).Record("Started", "1").Advance(3600);

        scene.Times.Should().Equal(0, 30, 60);
        scene.Stored.Should().ContainSingle();
        scene.Warnings.Should().BeEmpty();
    }

    [Test]
    public void A_server_that_asks_to_come_back_too_late_is_asked_after_five_minutes()
    {
        scene.Fail(EventScene.Answer(503, "ServiceUnavailable", retryAfter: int.MaxValue), times: 1).Record("Started", "1").Advance(3600);

        scene.Times.Should().Equal(0, 300);
    }

    [Test]
    public void An_event_that_exists_already_is_refused_quietly()
    {
        scene.Fail(EventScene.Answer(409, "AlreadyExists")).Record("Started", "1").Advance(60);

        scene.Calls.Should().HaveCount(1);
        scene.Recorder.Dropped.Should().Be(1);
        Levels().Should().Equal(LogLevel.Debug);
    }

    [Test]
    public void An_event_in_a_namespace_that_is_going_is_refused_quietly()
    {
        scene.Fail(EventScene.Answer(403, "Forbidden", cause: "NamespaceTerminating")).Record("Started", "1").Advance(60);

        scene.Calls.Should().HaveCount(1);
        scene.Recorder.Dropped.Should().Be(1);
        Levels().Should().Equal(LogLevel.Debug);
    }

    [Test]
    public void An_event_that_was_created_although_the_answer_was_lost_has_been_written()
    {
        bool isLost = true;
        scene.Client.AddReactor(async (_, next, _) =>
        {
            await next();
            if (isLost)
                throw new ApiException(ApiErrorReason.ConnectionLost, "cut");

            return await next();
        });
        scene.Record("Started", "1");
        isLost = false;
        scene.Client.AddReactor((_, next, _) => next());

        scene.Advance(60);

        scene.Recorder.Dropped.Should().Be(0);
        scene.Stored.Should().ContainSingle();
        scene.Warnings.Should().BeEmpty();
    }

    [Test]
    public void An_update_is_retried_as_an_update_and_after_a_404_as_a_creation()
    {
        scene.Record("Started", "1");
        scene.Client.Cluster.Delete(BuildController.Informers.Testing.CoreResources.Events, scene.Requests[0].Key, new(), out _);

        int patches = 0, creations = 0;
        scene.Fail(request => request.Verb == "patch" ? patches++ == 0 ? EventScene.Refused : null : creations++ == 0 ? EventScene.Refused : null);
        scene.Record("Started", "1").Advance(60);

        scene.Calls.Should().Equal("create", "patch", "patch", "create", "patch", "create");
        scene.Stored.Should().ContainSingle().Which.Count.Should().Be(2);
    }

    [Test]
    public void An_update_that_is_not_allowed_is_refused()
    {
        scene.Record("Started", "1").Fail(request => request.Verb == "patch" ? EventScene.Answer(403, "Forbidden") : null).Record("Started", "1").Advance(60);

        scene.Calls.Should().Equal("create", "patch");
        scene.Warnings.Should().ContainSingle();
    }

    [Test]
    public void Tries_and_their_distance_can_be_chosen()
    {
        scene.Dispose();
        scene = new EventScene(new EventRecorderOptions { Tries = 3, RetryInterval = TimeSpan.Zero });

        scene.Fail(EventScene.Refused).Record("Started", "1");

        scene.Times.Should().Equal(0, 0, 0);
        scene.Recorder.Dropped.Should().Be(1);
    }

    [Test]
    public void A_try_that_will_be_repeated_is_no_warning()
    {
        scene.Fail(EventScene.Refused, times: 1).Record("Started", "1").Advance(60);

        Levels().Should().Equal(LogLevel.Information);
    }

    private IEnumerable<LogLevel> Levels() => scene.Logs.Entries.Select(static entry => entry.Level);
}
