using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Testing.Cluster;

namespace BuildController.Informers.Testing;

/// <summary>
/// What a <see cref="FakeClientset"/> does with calls of one kind, and how often they came. Its steps are gone through in the order in which
/// they were added, until one answers or refuses; a step with <c>times</c> lets pass what comes after so many. Without any step it
/// only counts. Safe for concurrent use.
/// </summary>
/// <example>
/// <code>
/// FakeReaction patches = client.On("patch", "widgets/status")
///     .Delay(TimeSpan.FromSeconds(2))
///     .Refuse(ApiErrorReason.Conflict, times: 1)      // the first
///     .LoseAnswer(times: 1);                          // the second; the third passes
/// …
/// patches.Count.Should().Be(3);
/// </code>
/// </example>
public sealed class FakeReaction
{
    private readonly Lock gate = new();
    private readonly List<FakeRequest> requests = [];
    private readonly List<FakeReactor> steps = [];
    private readonly Func<FakeRequest, bool> matches;
    private readonly TimeProvider time;
    private bool isOver;

    internal FakeReaction(Func<FakeRequest, bool> matches, TimeProvider time) => (this.matches, this.time) = (matches, time);

    /// <summary>How many calls matched, whatever became of them. One that a newer reaction refused or answered does not come so far.</summary>
    public int Count => Actions.Count;

    /// <summary>The calls that matched.</summary>
    public FakeActions Actions
    {
        get
        {
            lock (gate)
                return new FakeActions(requests);
        }
    }

    /// <summary>Refuses; nothing is applied.</summary>
    /// <param name="error">What the caller gets.</param>
    /// <param name="times">How many calls; null, the default, for all.</param>
    public FakeReaction Refuse(ApiException error, int? times = null)
    {
        ArgumentNullException.ThrowIfNull(error);
        return Add((_, _, _) => Task.FromException<FakeResponse>(error), times);
    }

    /// <summary>Refuses as a server would that has this reason, with its code and words; nothing is applied.</summary>
    /// <param name="reason">Why. <see cref="ApiErrorReason.TooManyRequests"/> asks to come again after a second.</param>
    /// <param name="times">How many calls; null, the default, for all.</param>
    public FakeReaction Refuse(ApiErrorReason reason, int? times = null) =>
        Add((request, _, _) => Task.FromException<FakeResponse>(FakeErrors.Of(reason, request)), times);

    /// <summary>Lets the call be carried out, and then its connection be lost: the caller cannot know.</summary>
    /// <param name="times">How many calls; null, the default, for all.</param>
    public FakeReaction LoseAnswer(int? times = null) => Add(async (request, next, _) =>
    {
        await next();
        throw FakeErrors.Of(ApiErrorReason.ConnectionLost, request);
    }, times);

    /// <summary>Answers in the cluster's place, which does not hear of the call.</summary>
    /// <param name="answer">Makes the answer.</param>
    /// <param name="times">How many calls; null, the default, for all.</param>
    public FakeReaction Answer(Func<FakeRequest, FakeResponse> answer, int? times = null)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return Add((request, _, _) => Task.FromResult(answer(request)), times);
    }

    /// <summary>Answers an object in the cluster's place, which does not hear of the call.</summary>
    /// <param name="type">The resource.</param>
    /// <param name="value">The object, as it is.</param>
    /// <param name="times">How many calls; null, the default, for all.</param>
    public FakeReaction Answer<T>(ResourceType<T> type, T value, int? times = null)
        where T : class
    {
        FakeResponse response = FakeResponse.Of(type, value);
        return Answer(_ => response, times);
    }

    /// <summary>Lets the call wait on the clock of the cluster before it goes on; its caller may cancel it meanwhile.</summary>
    /// <param name="by">How long.</param>
    /// <param name="times">How many calls; null, the default, for all.</param>
    public FakeReaction Delay(TimeSpan by, int? times = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        return Add(async (_, next, cancellationToken) =>
        {
            await Task.Delay(by, time, cancellationToken);
            return await next();
        }, times);
    }

    /// <summary>Does something before the call is carried out, as somebody else would who was faster. It may use the clientset.</summary>
    /// <param name="action">What to do; what it throws, the caller gets.</param>
    /// <param name="times">How many calls; null, the default, for all.</param>
    public FakeReaction Run(Func<FakeRequest, Task> action, int? times = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Add(async (request, next, _) =>
        {
            await action(request);
            return await next();
        }, times);
    }

    /// <inheritdoc cref="Run(Func{FakeRequest, Task}, int?)"/>
    public FakeReaction Run(Action<FakeRequest> action, int? times = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Add((request, next, _) =>
        {
            action(request);
            return next();
        }, times);
    }

    /// <summary>Lets the call pass and changes what is answered; the cluster keeps its own.</summary>
    /// <param name="change">Makes the answer of the cluster's; for example it replaces the events of a watch.</param>
    /// <param name="times">How many calls; null, the default, for all.</param>
    public FakeReaction Change(Func<FakeResponse, FakeResponse> change, int? times = null)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Add(async (_, next, _) => change(await next()), times);
    }

    /// <summary>Lets the call pass and changes the object that is answered; the cluster keeps its own.</summary>
    /// <param name="change">Changes the object.</param>
    /// <param name="times">How many calls; null, the default, for all.</param>
    public FakeReaction ChangeObject(Action<JsonObject> change, int? times = null)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Change(response =>
        {
            JsonObject value = Json.ParseObject(response.Object.Span);
            change(value);
            return FakeResponse.Of(value);
        }, times);
    }

    /// <summary>Lets everything pass from now on, and counts no more. What it has counted stays.</summary>
    public void Stop()
    {
        lock (gate)
            isOver = true;
    }

    /// <summary>The reactor that stands between the callers and the cluster.</summary>
    internal Task<FakeResponse> ReactAsync(FakeRequest request, Func<Task<FakeResponse>> next, CancellationToken cancellationToken)
    {
        if (!matches(request))
            return next();

        FakeReactor[] chain;
        lock (gate)
        {
            if (isOver)
                return next();

            requests.Add(request);
            chain = [.. steps];
        }

        return Step(0);

        Task<FakeResponse> Step(int index) => index == chain.Length ? next() : chain[index](request, () => Step(index + 1), cancellationToken);
    }

    private FakeReaction Add(FakeReactor step, int? times)
    {
        if (times is { } limit)
            step = Limited(step, limit);

        lock (gate)
            steps.Add(step);

        return this;
    }

    private static FakeReactor Limited(FakeReactor step, int times)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        int left = times;
        return (request, next, cancellationToken) => Take() ? step(request, next, cancellationToken) : next();

        bool Take()
        {
            // Not below zero, however many calls come.
            int seen = Volatile.Read(ref left);
            while (seen > 0)
            {
                int before = Interlocked.CompareExchange(ref left, seen - 1, seen);
                if (before == seen)
                    return true;

                seen = before;
            }

            return false;
        }
    }
}
