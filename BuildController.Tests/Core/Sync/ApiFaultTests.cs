using BuildController.Informers.Api;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

/// <summary>Every request of a story fails once, in every way that requests fail: the story ends as if nothing had been.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
public sealed class ApiFaultTests
{
    private static readonly ApiException Conflict = new(new ApiStatus { Status = "Failure", Code = 409, Reason = "Conflict", Message = "the object has been modified" });
    private static readonly ApiException ServerError = new(new ApiStatus { Status = "Failure", Code = 500, Reason = "InternalError", Message = "etcd is away" });
    private static readonly ApiException SlowDown = new(new ApiStatus { Status = "Failure", Code = 429, Reason = "TooManyRequests", Message = "slow down" }, TimeSpan.FromSeconds(7));
    private static readonly ApiException Forbidden = new(new ApiStatus { Status = "Failure", Code = 403, Reason = "Forbidden", Message = "the role binding is not there yet" });
    private static readonly ApiException Lost = new(ApiErrorReason.ConnectionLost, "The connection was cut.");

    private static readonly Dictionary<string, Func<Func<Task<FakeResponse>>, Task<FakeResponse>>> Faults = new()
    {
        ["409"] = static _ => throw Conflict,
        ["500"] = static _ => throw ServerError,
        ["429 with Retry-After"] = static _ => throw SlowDown,
        ["403"] = static _ => throw Forbidden,
        ["lost before it was applied"] = static _ => throw Lost,
        ["lost after it was applied"] = static async next =>
        {
            await next();
            throw Lost;
        },
    };

    private static readonly string[] FaultNames = [.. Faults.Keys];
    private static readonly Story[] Stories = [Story.RebuildAfterSuccess, Story.RebuildAfterFailure];

    [Test]
    public void A_request_that_fails_once_changes_nothing_in_the_end(
        [ValueSource(nameof(Stories))] object story, [ValueSource(nameof(FaultNames))] string fault) =>
        Explore((Story)story, (number, at, next) => number == at ? Faults[fault](next) : next());

    [Test]
    public void A_server_that_is_away_for_ten_requests_changes_nothing_in_the_end([ValueSource(nameof(Stories))] object story) =>
        Explore((Story)story, (number, at, next) => number >= at && number < at + 10 ? throw ServerError : next());

    [Test]
    public void Ten_conflicts_in_a_row_change_nothing_in_the_end([ValueSource(nameof(Stories))] object story) =>
        Explore((Story)story, (number, at, next) => number >= at && number < at + 10 ? throw Conflict : next());

    private static void Explore(Story story, Func<int, int, Func<Task<FakeResponse>>, Task<FakeResponse>> fault)
    {
        int at = 0, made;
        do
        {
            at++;
            ControllerProcess? controller = null;
            try
            {
                story.Play(world =>
                {
                    controller = world.Controller;
                    controller.SetFault((number, _, next) => fault(number, at, next));
                });
            }
            catch (Exception error) when (error is AssertionException or InvalidOperationException)
            {
                throw new AssertionException($"Fault at request {at} ({controller?.Clientset.Actions[^1]}): {error.Message}", error);
            }

            made = controller!.Requests;
        }
        while (at < made);
        at.Should().BeGreaterThan(30, "the whole story was explored");
        TestContext.Out.WriteLine($"{at} runs");
    }
}
