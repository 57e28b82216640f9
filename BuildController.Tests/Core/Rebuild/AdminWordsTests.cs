using System.Globalization;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Tests.Docs;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Rebuild;

/// <summary>
/// Every word that an admin reads, story by story: events, conditions and what is waited for. <c>UPDATE_WORDS=1</c> rewrites the text beside this file, and a
/// person reads the difference.
/// </summary>
[TestFixture]
public sealed class AdminWordsTests
{
    private readonly List<string> lines = [];
    private RebuildWorld world = null!;

    [Test]
    public void An_admin_reads_what_was_agreed_upon()
    {
        Tell("a first build", () =>
        {
            Go();
            world.BuildTurns(new BuildProgress.Pending("0/3 nodes are available"));
            Go();
            world.BuildTurns(new BuildProgress.Running());
            Go();
            world.BuildTurns(new BuildProgress.Succeeded(world.Now));
            Go();
            world.Objects.Remove(world.Build!);
            world.Objects.Clear();
        });
        Tell("a rebuild", () =>
        {
            Rebuild();
            world.BuildSucceeds(2);
            Go();
        });
        Tell("a rebuild that fails, and is asked for again", () =>
        {
            Rebuild();
            world.BuildFails();
            Go();
            world.Request("2");
            Go();
        });
        Tell("the retry limit", () =>
        {
            world.Policy = world.Policy with { RetryLimit = 1 };
            Rebuild();
            world.BuildFails();
            Go();
            world.Request("2");
            Go();
        });
        Tell("a victim of the cluster", () =>
        {
            Go();
            world.BuildFails("The node was low on resource: memory.", FailureReason.Evicted);
            Go();
            world.SetCondition(PoolConditionTypes.RenderDegraded, "True");
            world.Now += TimeSpan.FromMinutes(1);
            Go();
            world.SetCondition(PoolConditionTypes.RenderDegraded, "False");
            Go();
            world.Objects.Clear();
            Go();
        });
        Tell("a victim of the cluster at the limit", () =>
        {
            world.Policy = world.Policy with { RetryLimit = 0 };
            Go();
            world.BuildFails("The node was low on resource: memory.", FailureReason.Evicted);
            Go();
        });
        Tell("a newer request", () =>
        {
            Rebuild();
            world.Request("2");
            Go();
        });
        Tell("another config, and the old one again", () =>
        {
            world.Built().Want(RebuildWorld.OtherConfig);
            Go();
            world.Want(RebuildWorld.Config);
            Go();
            world.Want(RebuildWorld.OtherConfig).Request("3");
            Go();
        });
        Tell("another builder", () =>
        {
            Rebuild();
            world.Inputs = RebuildWorld.ValidInputs("other", builder: ImageBuilderType.OpenShiftImageBuilder);
            Go();
        });
        Tell("inputs that cannot be built from", () =>
        {
            world.Built().Request();
            world.Inputs = RebuildWorld.InvalidInputs("ConfigMap x has no key y.", "m");
            Go();
            world.Inputs = RebuildWorld.ValidInputs();
            Go();
        });
        Tell("inputs that are spoilt once the build is accepted", () =>
        {
            world.Built().Request().Step();
            world.Inputs = RebuildWorld.InvalidInputs("ConfigMap x has no key y.", "m");
            Go();
        });
        Tell("names that somebody else has", () =>
        {
            world.TakenNames.AddRange(["ConfigMap mc-x", "Pod build-x"]);
            Go();
        });
        Tell("leftovers that do not go", () =>
        {
            world.DeletesSlowly = true;
            world.Built().Request();
            world.Objects.AddRange([new OwnedObject(OwnedKind.Pod, "build-old", "u1", "old", IsTerminating: true), new OwnedObject(OwnedKind.ConfigMap, "mc-old", "u2", "old", IsTerminating: true)]);
            Go();
            world.Now += TimeSpan.FromHours(2);
            Go();
        });
        Tell("a build that never runs", () =>
        {
            Go();
            world.BuildTurns(new BuildProgress.Pending("ImagePullBackOff: back-off pulling x"));
            world.Now += TimeSpan.FromMinutes(16);
            Go();
        });
        Tell("a build that takes too long", () =>
        {
            Go();
            world.BuildTurns(new BuildProgress.Running());
            world.Now += TimeSpan.FromHours(1);
            Go();
        });
        Tell("a build without a digest", () =>
        {
            Go();
            world.BuildTurns(new BuildProgress.Succeeded(world.Now));
            Go();
            world.Now += TimeSpan.FromMinutes(2);
            Go();
        });
        Tell("a build with a digest that is none", () =>
        {
            Go();
            world.Digest = new DigestObservation(null, "ConfigMap digest-x says 'what'.");
            world.BuildTurns(new BuildProgress.Succeeded(world.Now - TimeSpan.FromMinutes(2)));
            Go();
        });
        Tell("degraded pools", () =>
        {
            world.SetCondition(PoolConditionTypes.NodeDegraded, "True");
            Go();
            world.SetCondition(PoolConditionTypes.NodeDegraded, "False").SetCondition(PoolConditionTypes.RenderDegraded, "True");
            Go();
            world.Request();
            Go();
        });
        Tell("a pool that has no config", () =>
        {
            world.Want("worker-1");
            Go();
        });
        Tell("annotations that cannot be read", () =>
        {
            world.Built().Annotate(PoolKeys.BuildRetries, "many").Annotate(PoolKeys.BuildState, new string('x', 60));
            Go();
        });
        Tell("a pool that is not layered, and one that was", () =>
        {
            Rebuild();
            world.Label(PoolKeys.LayeringEnabled, null);
            Go();
        });
        Tell("an API that says no", () =>
        {
            world.Built();
            Note(RebuildMachine.Block(world.Observe(withInputs: false), "pods is forbidden.")!);
            Note(RebuildMachine.Block(world.Observe(withInputs: false), new string('y', 2000))!);
        });

        string file = Repository.PathOf("BuildController.Tests", "Core", "Rebuild", "AdminWords.txt"), told = string.Join('\n', lines) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_WORDS") == "1")
            File.WriteAllText(file, told);

        told.Should().Be(File.ReadAllText(file), "what is told is agreed upon: read the difference, then accept it with UPDATE_WORDS=1");
    }

    private void Rebuild()
    {
        world.Built().Request();
        Go();
    }

    private void Tell(string story, Action act)
    {
        lines.Add($"{(lines.Count == 0 ? string.Empty : "\n")}# {story}");
        world = new RebuildWorld();
        act();
    }

    /// <summary>Runs to the next rest, and notes what was told on the way.</summary>
    private void Go()
    {
        for (int step = 0; step < 60; step++)
        {
            Plan plan = world.Step();
            Note(plan);
            if (plan is Plan.Settle or Plan.Wait)
                return;
        }
    }

    private void Note(Plan plan)
    {
        foreach (PoolEvent item in plan.Events)
            lines.Add($"event {(item.IsWarning ? "Warning" : "Normal")} {item.Reason}: {item.Message}");

        if (plan is Plan.PatchConditions patch)
        {
            foreach (PoolCondition condition in patch.Conditions.Where(static condition => condition.IsTrue || condition.Reason.Length > 0 || condition.Message.Length > 0))
                lines.Add($"  {condition.Type}={condition.Status} {condition.Reason}: {condition.Message}");
        }

        if (plan is Plan.Wait wait)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"  waits for {wait.For}, {(wait.Recheck is { } recheck ? $"looks again in {recheck:c}" : "or an event")}"));
    }
}
