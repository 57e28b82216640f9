using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

[TestFixture]
public sealed class DisturbedBuildTests
{
    private const string DigestMap = $"digest-{BuildWorld.ConfigA}";

    private BuildWorld world = null!;
    private string? before;

    [SetUp]
    public void SetUp()
    {
        world = BuildWorld.WithFirstImage();
        before = world.Image();
    }

    [TearDown]
    public void TearDown()
    {
        world.Dispose();
        world.Logs.Errors.Should().BeEmpty();
    }

    [Test]
    public void A_digest_left_without_labels_is_claimed_recorded_and_cleaned_up()
    {
        world.Kubelet.AddReactor(async (request, next, _) =>
        {
            FakeResponse response = await next();
            if (request.Key.Name == DigestMap)
                await StripLabelsAsync();

            return response;
        });

        world.Request("1").UntilPhase("Running").UntilBuilt();

        world.ShouldBeOk(before);
        world.Find(Resources.ConfigMaps, new ObjectKey(BuildWorld.Namespace, DigestMap)).Should().BeNull();

        Task StripLabelsAsync()
        {
            string[] keys = [BuildLabels.BuildPod, BuildLabels.TargetPool, BuildLabels.DesiredConfig, BuildLabels.BuildAttempt];
            var none = new JsonObject(keys.Select(static key => KeyValuePair.Create<string, JsonNode?>(key, null)));
            return world.Admin.Resource(Resources.ConfigMaps).PatchAsync(
                new ObjectKey(BuildWorld.Namespace, DigestMap), Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = none } }));
        }
    }
}
