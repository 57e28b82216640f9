using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Conformance;

[TestFixtureSource(typeof(ConformanceTargets), nameof(ConformanceTargets.All))]
public sealed class WatchConformance(ConformanceTarget target) : ClientsetConformance(target)
{
    [Test]
    public async Task A_watch_from_a_list_s_version_tells_every_change_in_order()
    {
        string version = await VersionAsync(Maps);
        await using EventReader events = await OpenAsync(version, "suite=order");

        await MapAsync("order", metadata: Labels("order"));
        await Maps.PatchAsync(Key("order"), Merge("""{ "data": { "a": "1" } }"""), Stop);
        await Maps.DeleteAsync(Key("order"), null, Stop);

        (await events.NextAsync(3)).Should().Equal("Added order", "Modified order", "Deleted order");
    }

    [Test]
    public async Task What_happened_before_the_watch_is_told_too()
    {
        string version = await VersionAsync(Maps);
        await MapAsync("replay", metadata: Labels("replay"));
        await Maps.PatchAsync(Key("replay"), Merge("""{ "data": { "a": "1" } }"""), Stop);
        await Maps.DeleteAsync(Key("replay"), null, Stop);
        await MapAsync("replay", metadata: Labels("replay"));

        await using EventReader events = await OpenAsync(version, "suite=replay");

        (await events.NextAsync(4)).Should().Equal("Added replay", "Modified replay", "Deleted replay", "Added replay");
    }

    [Test]
    public async Task Nothing_is_told_twice_or_missed_when_a_watch_goes_on_where_another_ended()
    {
        string version = await VersionAsync(Maps);
        await MapAsync("resume-a", metadata: Labels("resume"));
        await MapAsync("resume-b", metadata: Labels("resume"));
        string reached;
        await using (EventReader first = await OpenAsync(version, "suite=resume"))
            reached = (await first.NextAsync())!.Value.ResourceVersion;

        await using EventReader second = await OpenAsync(reached, "suite=resume");

        (await second.NextAsync(1)).Should().Equal("Added resume-b");
    }

    [TestCase(null)]
    [TestCase("0")]
    public async Task A_watch_from_no_version_tells_first_what_is_there(string? version)
    {
        string suite = $"present-{version ?? "none"}";
        await MapAsync($"{suite}-a", metadata: Labels(suite));
        await MapAsync($"{suite}-b", metadata: Labels(suite));

        await using EventReader events = await OpenAsync(version, $"suite={suite}");

        (await events.NextAsync(2)).Should().BeEquivalentTo($"Added {suite}-a", $"Added {suite}-b");
        await MapAsync($"{suite}-c", metadata: Labels(suite));
        (await events.NextAsync(1)).Should().Equal($"Added {suite}-c");
    }

    [Test]
    public async Task An_event_carries_the_object_in_its_version()
    {
        string version = await VersionAsync(Maps);
        JsonObject created = await MapAsync("carried", """ "data": { "a": "1" } """, Labels("carried"));
        JsonObject changed = await Maps.PatchAsync(Key("carried"), Merge("""{ "data": { "a": "2" } }"""), Stop);

        await using EventReader events = await OpenAsync(version, "suite=carried");
        WatchEvent<JsonObject> added = (await events.NextAsync())!.Value, modified = (await events.NextAsync())!.Value;

        added.Object!.Text("data.a").Should().Be("1");
        added.Object!.Version().Should().Be(created.Version()).And.Be(added.ResourceVersion);
        modified.Object!.Text("data.a").Should().Be("2");
        modified.Object!.Version().Should().Be(changed.Version());
        modified.Object!.Text("kind").Should().Be("ConfigMap");
    }

    [Test]
    public async Task A_deletion_carries_the_last_state_in_a_version_of_its_own()
    {
        string version = await VersionAsync(Maps);
        JsonObject created = await MapAsync("last", """ "data": { "a": "1" } """, Labels("last"));
        await Maps.DeleteAsync(Key("last"), null, Stop);

        await using EventReader events = await OpenAsync(version, "suite=last");
        await events.NextAsync();
        WatchEvent<JsonObject> deleted = (await events.NextAsync())!.Value;

        deleted.Type.Should().Be(WatchEventType.Deleted);
        deleted.Object!.Text("data.a").Should().Be("1");
        deleted.Object!.Uid().Should().Be(created.Uid());
        deleted.ResourceVersion.Should().NotBeEmpty().And.NotBe(created.Version());
    }

    [Test]
    public async Task An_object_that_is_going_is_modified_before_it_is_deleted()
    {
        string version = await VersionAsync(Maps);
        await MapAsync("going", metadata: $$"""{{Labels("going")}}, "finalizers": ["example.com/hold"] """);
        await Maps.DeleteAsync(Key("going"), null, Stop);
        await Maps.PatchAsync(Key("going"), Merge("""{ "metadata": { "finalizers": null } }"""), Stop);

        await using EventReader events = await OpenAsync(version, "suite=going");

        (await events.NextAsync())!.Value.Type.Should().Be(WatchEventType.Added);
        (await events.NextAsync())!.Value.Object!.At("metadata.deletionTimestamp").Should().NotBeNull();
        (await events.NextAsync(1)).Should().Equal("Deleted going");
    }

    [Test]
    public async Task An_object_comes_and_goes_as_a_selector_takes_it_and_leaves_it()
    {
        string version = await VersionAsync(Maps);
        await using EventReader events = await OpenAsync(version, "suite=crossing,seen=yes");

        await MapAsync("crossing", metadata: Labels("crossing"));
        await LabelAsync("yes");
        await Maps.PatchAsync(Key("crossing"), Merge("""{ "data": { "a": "1" } }"""), Stop);
        await LabelAsync("no");
        await LabelAsync("yes");
        await Maps.DeleteAsync(Key("crossing"), null, Stop);

        (await events.NextAsync(5)).Should().Equal("Added crossing", "Modified crossing", "Deleted crossing", "Added crossing", "Deleted crossing");

        Task<JsonObject> LabelAsync(string value) => Maps.PatchAsync(Key("crossing"), Merge($$"""{ "metadata": { "labels": { "seen": "{{value}}" } } }"""), Stop);
    }

    [Test]
    public async Task One_object_can_be_watched_by_its_name()
    {
        string version = await VersionAsync(Maps);
        await using var events = new EventReader(
            await Maps.WatchAsync(Namespace, new WatchOptions { ResourceVersion = version, FieldSelector = "metadata.name=only-b" }, Stop), Stop);

        await MapAsync("only-a");
        await MapAsync("only-b");
        await Maps.DeleteAsync(Key("only-a"), null, Stop);
        await Maps.DeleteAsync(Key("only-b"), null, Stop);

        (await events.NextAsync(2)).Should().Equal("Added only-b", "Deleted only-b");
    }

    [Test]
    public async Task A_watch_of_a_namespace_sees_no_other_and_one_of_all_sees_both()
    {
        string other = (await NewNamespaceAsync(Stop)).Name(), suite = $"everywhere-{Namespace}";
        string version = await VersionAsync(Maps);
        await using EventReader here = await OpenAsync(version, $"suite={suite}");
        await using var all = new EventReader(await Maps.WatchAsync(null, new WatchOptions { ResourceVersion = version, LabelSelector = $"suite={suite}" }, Stop), Stop);

        await Maps.CreateAsync(JsonReading.Parse($$"""{ "metadata": { "name": "there", "namespace": "{{other}}", {{Labels(suite)}} } }"""), Stop);
        await MapAsync("here", metadata: Labels(suite));

        (await all.NextAsync(2)).Should().Equal("Added there", "Added here");
        (await here.NextAsync(1)).Should().Equal("Added here");

        await Maps.DeleteAsync(new ObjectKey(other, "there"), null, Stop);
        await Clientset.Resource(Kinds.Namespaces).DeleteAsync(new ObjectKey(other), null, Stop);
    }

    [Test]
    public async Task A_watch_ends_by_itself_after_the_time_that_was_asked_for()
    {
        await using var events = new EventReader(await Maps.WatchAsync(
            Namespace, new WatchOptions { ResourceVersion = await VersionAsync(Maps), LabelSelector = "suite=nothing", Timeout = TimeSpan.FromSeconds(1) }, Stop), Stop);

        (await events.NextAsync()).Should().BeNull();
    }

    [Test]
    public async Task A_watch_ends_when_its_reader_wants_no_more()
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await using IWatchStream<JsonObject> stream = await Maps.WatchAsync(Namespace, new WatchOptions { LabelSelector = "suite=nothing" }, Stop);
        Task reading = ReadAsync();

        enough.Cancel();

        await FluentActions.Awaiting(() => reading).Should().ThrowAsync<OperationCanceledException>();

        async Task ReadAsync()
        {
            await foreach (WatchEvent<JsonObject> one in stream.WithCancellation(enough.Token))
                one.Type.Should().Be(WatchEventType.Bookmark);
        }
    }

    [Test]
    public async Task Metadata_can_be_watched_alone()
    {
        string version = await VersionAsync(Maps);
        JsonObject created = await MapAsync("metadata", """ "data": { "a": "1" } """, Labels("metadata"));
        IResourceClient<PartialObject> client = Clientset.Resource(Kinds.ConfigMaps.MetadataOnly);

        await using IWatchStream<PartialObject> stream = await client.WatchAsync(
            Namespace, new WatchOptions { ResourceVersion = version, LabelSelector = "suite=metadata", AllowBookmarks = false }, Stop);
        await using IAsyncEnumerator<WatchEvent<PartialObject>> events = stream.GetAsyncEnumerator(Stop);

        (await events.MoveNextAsync()).Should().BeTrue();
        events.Current.Type.Should().Be(WatchEventType.Added);
        events.Current.Object!.Metadata.Uid.Should().Be(created.Uid());
    }

    [TestCase("a=b c", null)]
    [TestCase(null, "data.a=1")]
    public async Task A_selector_that_makes_no_sense_is_a_bad_request(string? labels, string? fields) =>
        (await RefusalOf(() => Maps.WatchAsync(Namespace, new WatchOptions { LabelSelector = labels, FieldSelector = fields }, Stop))).Code.Should().Be(400);

    /// <summary>Whether a server still knows its first version is its own affair; it must not pretend.</summary>
    [Test]
    public async Task A_watch_from_long_ago_tells_everything_since_or_says_that_it_cannot()
    {
        await MapAsync("ancient", metadata: Labels("ancient"));
        try
        {
            await using EventReader events = await OpenAsync("1", "suite=ancient");
            WatchEvent<JsonObject> first = (await events.NextAsync())!.Value;
            if (first.Type != WatchEventType.Error)
            {
                first.Type.Should().Be(WatchEventType.Added);
                return;
            }

            first.Error!.IsExpired.Should().BeTrue(first.Error.Message);
            first.Error.Code.Should().Be(410);
            (await events.NextAsync()).Should().BeNull();
        }
        catch (ApiException error)
        {
            error.IsExpired.Should().BeTrue(error.Message);
        }
    }

    private static string Labels(string suite) => $$""" "labels": { "suite": "{{suite}}" } """;

    private async Task<EventReader> OpenAsync(string? version, string selector) => new(await WatchAsync(Maps, version, selector), Stop);
}
