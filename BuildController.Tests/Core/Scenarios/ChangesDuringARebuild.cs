using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Core.Sync;
using BuildController.Tests.Core.Sync;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Scenarios;

/// <summary>What a rebuild is of, by and for changes while it is under way.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
public sealed class ChangesDuringARebuild
{
    private const string OtherBase = "registry.example.com/openshift/rhel-coreos:other";
    private const string YetAnotherBase = "registry.example.com/openshift/rhel-coreos:yet-another";

    private static readonly string[] Phases = ["Pending", "Running", "Succeeded"];

    [Test]
    public void Scenario_24_A_new_config_takes_the_rebuild_over() => BothBuilders.Run(static builder =>
    {
        foreach (string phase in Phases)
        {
            foreach (bool withNeighbours in (bool[])[false, true])
            {
                using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
                string? before = world.Image();
                if (withNeighbours)
                    world.AddNeighbours();

                world.Request("1").UntilPhase(phase).Render(BuildWorld.ConfigB);
                world.Until("a build of B", () => world.BuildsOf().Any(static build => build.Name == $"build-{BuildWorld.ConfigB}"));
                world.Annotation(PoolKeys.RebuildImage).Should().Be("1", "the request is complete when the new config is built");
                world.UntilBuilt();

                world.ShouldBeOk(before);
                world.Invariants.ImagesOf(BuildWorld.Worker).Should().Equal(null, before, world.Image());
                world.Builds().Should().Be(3);
                world.Invariants.MostBuildsAtOnce.Should().Be(1);
                world.Completions().Should().Be(1);
                world.ShouldRest();
            }
        }
    });

    [Test]
    public void Scenario_25_A_config_that_comes_back_is_built_once_more() => BothBuilders.Run(static builder =>
    {
        ComesBack(builder, builds: 2, static world => world.UntilPhase("Pending").Render(BuildWorld.ConfigB));
        ComesBack(builder, builds: 2, static world => world.UntilPhase("Running").Render(BuildWorld.ConfigB));
        ComesBack(builder, builds: 3, static world => world.UntilPhase("Running").Render(BuildWorld.ConfigB)
            .Until("the build of A to be on its way out", () => world.BuildsOf().Any(static build => build.IsTerminating)));
        foreach (string phase in (string[])["Pending", "Running", "Succeeded"])
        {
            ComesBack(builder, builds: 4, world => world.UntilPhase("Running").Render(BuildWorld.ConfigB)
                .Until("a build of B", () => world.BuildsOf().Any(build => build.Name == $"build-{BuildWorld.ConfigB}" && build.Phase == phase)));
        }
    });

    [Test]
    public void Scenario_26_Opting_out_leaves_nothing_behind() => BothBuilders.Run(static builder =>
    {
        foreach (string phase in (string[])[.. Phases, "Interrupted"])
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            world.Request("1");
            if (phase == "Interrupted")
                world.UntilCondition(PoolConditionTypes.Building).DeleteBuild().UntilCondition(PoolConditionTypes.BuildInterrupted);
            else
                world.UntilPhase(phase);

            world.CreateLeftover("mc-rendered-worker-older").OptOut().UntilForgotten();

            string version = world.Pool()!.Metadata.ResourceVersion!;
            world.CreateLeftover($"digest-{BuildWorld.ConfigA}").Until("the latecomer to go", () => world.Maps().Count == 0).ShouldRest().ShouldBeForgotten();
            world.Pool()!.Metadata.ResourceVersion.Should().Be(version, "what comes late concerns the pool no more");
            world.Builds().Should().Be(2);
        }
    });

    [Test]
    public void Scenario_27_Opting_out_and_in_again_yields_one_fresh_image() => BothBuilders.Run(static builder =>
    {
        foreach (string phase in (string[])["Pending", "Running"])
        {
            foreach (int seconds in (int[])[0, 2, 4, 30])
            {
                using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
                string? before = world.Image();

                world.Request("1").UntilPhase(phase).OptOut().Pass(TimeSpan.FromSeconds(seconds)).OptIn().UntilBuilt();

                world.ShouldBeOk(before);
                world.Builds().Should().Be(seconds == 0 ? 2 : 3, "an opt-out that nobody saw interrupts nothing");
                world.Invariants.Builds.Select(static build => build.Attempt).Should().OnlyHaveUniqueItems("nothing is adopted");
                world.ShouldRest();
            }
        }
    });

    [Test]
    public void Scenario_28_A_pool_that_is_deleted_leaves_nothing_behind() => BothBuilders.Run(static builder =>
    {
        foreach (string phase in Phases)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);

            world.Request("1").UntilPhase(phase).Delete(Resources.MachineConfigPools, BuildWorld.Worker);
            world.Until("the end", () => world.Objects(BuildWorld.Worker).Count == 0);

            world.CreateLeftover($"digest-{BuildWorld.ConfigA}").Until("the latecomer to go", () => world.Maps().Count == 0).ShouldRest();
            world.Pool().Should().BeNull();
            world.Builds().Should().Be(2);
        }
    });

    [Test]
    public void Scenario_29_A_pool_made_anew_under_the_same_name_takes_nothing_over() => BothBuilders.Run(static builder =>
    {
        foreach (string phase in Phases)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Request("1").UntilPhase(phase).Delete(Resources.MachineConfigPools, BuildWorld.Worker);
            world.CreatePool(BuildWorld.Worker, BuildWorld.ConfigA, isLayered: true);

            world.UntilBuilt();

            world.ShouldBeOk(before);
            world.State().History.Should().ContainSingle("it has a history of its own");
            world.Invariants.ImagesOf(BuildWorld.Worker).Should().Equal(null, before, null, world.Image());
            world.Builds().Should().Be(3);
            world.Invariants.MostBuildsAtOnce.Should().Be(1);
            world.ShouldRest();
        }

        using BuildWorld optedOut = BuildWorld.WithFirstImage(builder: builder);
        optedOut.Request("1").UntilPhase("Running").Delete(Resources.MachineConfigPools, BuildWorld.Worker);
        optedOut.CreatePool(BuildWorld.Worker, BuildWorld.ConfigA, isLayered: false);
        optedOut.UntilForgotten().ShouldRest().ShouldBeForgotten();
        optedOut.Builds().Should().Be(2);
    });

    [Test]
    public void Scenario_30_What_a_pool_left_behind_while_the_controller_was_down_goes_when_it_starts() => BothBuilders.Run(static builder =>
    {
        foreach (TimeSpan away in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromMinutes(5)])
        {
            using BuildWorld optedOut = BuildWorld.WithFirstImage(builder: builder);
            optedOut.Request("1").UntilPhase("Running").WhileDown(world => world.OptOut().Pass(away));
            optedOut.UntilForgotten().ShouldRest().ShouldBeForgotten();
            optedOut.Builds().Should().Be(2);

            // Without owners, so that nobody but the controller can clean up.
            using BuildWorld deleted = BuildWorld.WithFirstImage(builder: builder);
            deleted.Request("1").UntilPhase("Running").WhileDown(world => world.Disown().Delete(Resources.MachineConfigPools, BuildWorld.Worker).Pass(away));
            deleted.BuildsOf().Should().NotBeEmpty();
            deleted.Until("the end", () => deleted.Objects(BuildWorld.Worker).Count == 0).ShouldRest();
            deleted.Builds().Should().Be(2);

            using BuildWorld replaced = BuildWorld.WithFirstImage(builder: builder);
            string? before = replaced.Image();
            replaced.Request("1").UntilPhase("Running").WhileDown(world =>
            {
                world.Disown().Delete(Resources.MachineConfigPools, BuildWorld.Worker).Pass(away);
                world.CreatePool(BuildWorld.Worker, BuildWorld.ConfigA, isLayered: true);
            });
            replaced.UntilBuilt().ShouldRest().ShouldBeOk(before);
            replaced.State().History.Should().ContainSingle();
            replaced.Builds().Should().Be(3);
        }
    });

    [Test]
    public void Scenario_31_Another_builder_takes_the_rebuild_over() => BothBuilders.Run(static builder =>
    {
        foreach (string phase in (string[])["Pending", "Running"])
        {
            foreach (bool isBack in (bool[])[false, true])
            {
                using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
                string? before = world.Image();
                world.Request("1").UntilPhase(phase).SetBuilder(world.OtherBuilder).Until("a build by the other one", () => world.BuildsOf().Any(build => build.Kind != world.BuildKind && build.Phase == phase));
                world.Annotation(PoolKeys.RebuildImage).Should().Be("1", "the request survives");
                world.Annotation(PoolKeys.BuildRetries).Should().Be("1", "it is still the same request");
                if (isBack)
                    world.SetBuilder(builder).Until("a build by the first one", () => world.BuildsOf().Any(build => build.Kind == world.BuildKind && !build.IsTerminating));

                world.UntilBuilt();

                world.ShouldBeOk(before);
                world.State().Last!.Trigger.Should().Be("1");
                world.Builds().Should().Be(isBack ? 4 : 3);
                world.Invariants.MostBuildsAtOnce.Should().Be(1);
                world.Completions().Should().Be(1);
                world.Controller.IsDead.Should().BeFalse("no process has to end for it");
                world.ShouldRest();
            }
        }

        using BuildWorld unseen = BuildWorld.WithFirstImage(builder: builder);
        string? good = unseen.Image();
        unseen.Request("1").UntilPhase("Running").SetBuilder(unseen.OtherBuilder).SetBuilder(builder).UntilBuilt();
        unseen.ShouldBeOk(good);
        unseen.Builds().Should().Be(2, "a change that was taken back at once interrupts nothing");
    });

    [Test]
    public void Scenario_32_An_invalid_builder_is_told_and_leaves_pools_as_they_are() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        world.OptIn(BuildWorld.Master).UntilBuilt(BuildWorld.Master);
        string? before = world.Image();

        world.Request("1").UntilPhase("Running").SetInput(InputNames.BuildConfig, InputNames.ImageBuilderType, "kaniko").UntilBuilt();
        world.ShouldBeOk(before);
        world.Builds().Should().Be(2, "a build that runs is not in doubt");

        before = world.Image();
        world.WhileDown(static _ => { }).ShouldRest().ShouldBeOk();
        world.ShouldBeOk(pool: BuildWorld.Master);
        world.Image().Should().Be(before, "nobody asked for a build");

        world.Request("2").Until("the failure", () => world.IsTrue(PoolConditionTypes.BuildFailed)).ShouldRest();
        world.ShouldHaveFailed(FailureReason.InvalidBuildInputs, retries: 0, before, withBuild: false);
        world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should()
            .Contain("'kaniko'").And.Contain(ImageBuilderTypes.CustomPodBuilder).And.Contain(ImageBuilderTypes.OpenShiftImageBuilder);
        world.ShouldBeOk(pool: BuildWorld.Master);
        world.Controller.IsDead.Should().BeFalse();

        world.SetBuilder(builder).UntilBuilt();
        world.ShouldBeOk(before);
        world.Builds().Should().Be(3);
        world.Builds(BuildWorld.Master).Should().Be(1);
        world.ShouldRest();
    });

    [Test]
    public void Scenario_33_A_build_is_of_what_the_inputs_said_when_it_began() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        world.Break().Request("1").UntilFailed();

        world.Mend().SetInput(InputNames.OSImageUrl, InputNames.BaseOSContainerImage, OtherBase).Request("2").UntilPhase("Running");
        string? mounted = world.MountedContainerfile();
        mounted.Should().Contain($"FROM {OtherBase} AS configs").And.Contain("RUN true").And.NotContain("RUN false");

        world.Break().SetInput(InputNames.OSImageUrl, InputNames.BaseOSContainerImage, YetAnotherBase).Pass(TimeSpan.FromSeconds(5));
        world.MountedContainerfile().Should().Be(mounted, "what runs is of the inputs that it began with")
            .And.Contain($"LABEL baseOSContainerImage={OtherBase}\n");
        world.UntilBuilt();
        world.ShouldBeOk(before);
        world.Builds().Should().Be(3);

        world.Mend().Request("3").UntilPhase("Running");
        world.MountedContainerfile().Should().Contain($"FROM {YetAnotherBase} AS configs");
        world.UntilBuilt().ShouldRest();
        world.Builds().Should().Be(4);
    });

    [Test]
    public void Scenario_34_The_repository_that_was_pushed_to_is_recorded() => BothBuilders.Run(static builder =>
    {
        const string Elsewhere = "registry.example.com/elsewhere/image";
        foreach (string phase in Phases)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();

            world.Request("1").UntilPhase(phase).SetInput(InputNames.BuildConfig, InputNames.FinalImagePullspec, Elsewhere).UntilBuilt();
            world.ShouldBeOk(before);
            world.Builds().Should().Be(2);

            before = world.Image();
            world.Request("2").UntilPhase("Running").UntilBuilt();
            world.ShouldBeOk(before, repository: Elsewhere);
            world.Builds().Should().Be(3);
            world.ShouldRest();
        }
    });

    /// <summary>A pool's config goes from A to another one, and back to A when that has gone so far.</summary>
    private static void ComesBack(ImageBuilderType builder, int builds, Action<BuildWorld> until)
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        until(world.Request("1"));

        world.Render(BuildWorld.ConfigA).UntilBuilt();

        world.ShouldBeOk(before);
        world.Invariants.ImagesOf(BuildWorld.Worker).Should().Equal(null, before, world.Image());
        world.State().Last.Should().Match<FinishedAttempt>(static last => last.Config == BuildWorld.ConfigA && last.Trigger == "1");
        world.Builds().Should().Be(builds);
        world.Invariants.MostBuildsAtOnce.Should().Be(1);
        world.Completions().Should().Be(1);
        world.ShouldRest();
    }
}
