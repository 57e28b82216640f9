using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Testing.TestCluster;

namespace BuildController.Tests.Informers.Testing;

[TestFixture]
public sealed class ClusterConcurrencyTests
{
    [Test]
    public async Task Of_many_writers_with_a_precondition_each_version_is_won_by_one()
    {
        const int Writers = 4, Wins = 50;
        var cluster = new TestCluster();
        cluster.Widget("w", "\"spec\": { \"count\": 0 }");

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(() =>
        {
            for (int won = 0; won < Wins;)
            {
                JsonObject body = cluster.Get(Widgets, "w");
                body["spec"]!["count"] = body["spec"]!["count"]!.GetValue<int>() + 1;
                try
                {
                    cluster.Replace(Widgets, body);
                    won++;
                }
                catch (ApiException error) when (error.IsConflict)
                {
                    // Somebody else was first: read again.
                }
            }
        })));

        Text(cluster.Get(Widgets, "w"), "spec.count").Should().Be((Writers * Wins).ToString());
    }

    [Test]
    public async Task A_list_and_a_watch_from_its_version_show_every_change_once_whatever_happens_meanwhile()
    {
        const int Objects = 500;
        var cluster = new InMemoryCluster();
        Task writing = Task.Run(() =>
        {
            for (int i = 0; i < Objects; i++)
                cluster.Create(CoreResources.ConfigMaps, "default", Named($"c{i}"));
        });

        StoredList list = cluster.List(CoreResources.ConfigMaps, "default", ListOptions.Default);
        using ClusterWatch watch = cluster.Watch(CoreResources.ConfigMaps, "default", WatchOptions.From(list.Metadata.ResourceVersion) with { AllowBookmarks = false });
        var names = list.Items.Select(NameOf).ToList();
        await foreach (StoredEvent item in watch)
        {
            names.Add(NameOf(item.Json));
            if (names.Count == Objects)
                break;
        }

        await writing;
        names.Should().OnlyHaveUniqueItems();

        static string NameOf(ReadOnlyMemory<byte> json) => Text(Json(json), "metadata.name");
    }
}
