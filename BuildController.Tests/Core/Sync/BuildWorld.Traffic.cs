using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Informers.Testing;
using FluentAssertions;

namespace BuildController.Tests.Core.Sync;

/// <summary>What the controller's process asks of the API.</summary>
internal sealed partial class BuildWorld
{
    /// <summary>What the controller asked for since it started, or since that was cleared; watches apart.</summary>
    public IReadOnlyList<FakeRequest> Requests() => [.. Controller.Clientset.Actions.Where(static request => request.Verb != "watch")];

    /// <summary>Those of its requests that may have changed something.</summary>
    public IReadOnlyList<FakeRequest> Writes() => [.. Controller.Clientset.Actions.Where(static request => request.IsWrite)];

    /// <summary>From here on requests are counted anew.</summary>
    public BuildWorld CountFromHere()
    {
        Controller.Clientset.ClearActions();
        return this;
    }

    /// <summary>How often the controller took a request to rebuild off a pool.</summary>
    public int Completions() => Writes().Count(static request => request.Verb == "patch" && request.PatchJson() is JsonObject patch
        && patch["metadata"]?["annotations"] is JsonObject annotations
        && annotations.TryGetPropertyValue(PoolKeys.RebuildImage, out JsonNode? value) && value is null);

    /// <summary>
    /// Nothing is left to do, and nothing went wrong that nobody expected: the controller asks for nothing any more. With neighbours it looks
    /// at what they write, and writes nothing; their conflicts are logged, too.
    /// </summary>
    public BuildWorld ShouldRest()
    {
        Pass(TimeSpan.FromMinutes(2)).CountFromHere().Pass(TimeSpan.FromMinutes(neighbours is null ? 20 : 2));
        (neighbours is null ? Requests() : Writes()).Should().BeEmpty("there is nothing to do");
        if (neighbours is null)
            Logs.Errors.Should().BeEmpty();

        return this;
    }

    /// <summary>Something is waited for, and without haste: so many requests a minute at most.</summary>
    public BuildWorld ShouldWaitPatiently(int requestsPerMinute)
    {
        const int Minutes = 5;
        Pass(TimeSpan.FromMinutes(1)).CountFromHere().Pass(TimeSpan.FromMinutes(Minutes));
        Requests().Count.Should().BeLessThanOrEqualTo(Minutes * requestsPerMinute, "nothing is done in a tight loop");
        Logs.Errors.Should().BeEmpty();
        return this;
    }
}
