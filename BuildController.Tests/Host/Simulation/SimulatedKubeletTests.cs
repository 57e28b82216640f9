using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Host.Simulation;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Simulation;

[TestFixture]
public sealed class SimulatedKubeletTests
{
    private static readonly SimulatedKubeletOptions Options = new()
    {
        PullTime = TimeSpan.FromSeconds(2),
        BuildTime = TimeSpan.FromSeconds(10),
        StopTime = TimeSpan.FromSeconds(4),
        MountRetry = TimeSpan.FromSeconds(1),
    };

    private static readonly ObjectKey Build = new("builds", "build");
    private static readonly ObjectKey Digest = new("builds", "digest");

    private VirtualWorld world = null!;
    private FakeClientset clientset = null!;
    private readonly Stack<SimulatedKubelet> running = new();

    [SetUp]
    public void MakeWorld()
    {
        world = new VirtualWorld();
        clientset = new FakeClientset(runtime: world.Runtime);
        clientset.Seed(
            Resources.ConfigMaps,
            Map("dockerfile", ("Dockerfile", "FROM configs AS final\nRUN true\n")),
            Map("mc", ("machineconfig.json.gz", "x")));
    }

    [TearDown]
    public void StopKubelet() => Stop();

    [Test]
    public void A_build_goes_from_Pending_over_Running_to_Succeeded()
    {
        Start();
        Create(BuildPod());
        world.RunUntilIdle();
        Pod(Build)!.Status.Phase.Should().Be("Pending");
        Pod(Build)!.Status.ContainerStatuses.Should().HaveCount(2).And.OnlyContain(static status => status.State!.Waiting!.Reason == "ContainerCreating");

        world.Advance(Options.PullTime);
        Pod(Build)!.Status.Phase.Should().Be("Running");
        Pod(Build)!.Status.ContainerStatuses.Should().HaveCount(2).And.OnlyContain(static status => status.Ready);
        FindDigest().Should().BeNull();

        world.Advance(Options.BuildTime);
        Pod(Build)!.Status.Phase.Should().Be("Succeeded");
        Pod(Build)!.Status.ContainerStatuses.Should().HaveCount(2).And.OnlyContain(static status => status.State!.Terminated!.ExitCode == 0);
    }

    [Test]
    public void A_build_publishes_its_digest_as_the_pod_is_told_to()
    {
        Start();
        Create(BuildPod());
        Pass(Options.PullTime + Options.BuildTime);

        ConfigMap digest = FindDigest()!;
        digest.Data["digest"].Should().MatchRegex("^sha256:[0-9a-f]{64}\n$", "a digest file ends with a line break, as buildah's does");
        digest.Metadata.Labels.Should().Equal(new Dictionary<string, string> { ["pool"] = "worker", ["marker"] = "" });
    }

    [Test]
    public void A_digest_that_is_there_already_is_replaced_and_labelled_anew()
    {
        clientset.Seed(Resources.ConfigMaps, new ConfigMap
        {
            Metadata = new ObjectMeta { Namespace = Digest.Namespace, Name = Digest.Name, Labels = new Dictionary<string, string> { ["pool"] = "old", ["other"] = "kept" } },
            Data = new Dictionary<string, string> { ["digest"] = "old" },
        });
        Start();
        Create(BuildPod());
        Pass(Options.PullTime + Options.BuildTime);

        FindDigest()!.Data["digest"].Should().StartWith("sha256:");
        FindDigest()!.Metadata.Labels.Should().Contain("pool", "worker").And.Contain("other", "kept");
    }

    [Test]
    public void Two_builds_of_the_same_inputs_have_different_digests()
    {
        Start();
        Create(BuildPod());
        Pass(Options.PullTime + Options.BuildTime);
        string first = FindDigest()!.Data["digest"];
        Delete();
        Create(BuildPod());
        Pass(Options.PullTime + Options.BuildTime);

        FindDigest()!.Data["digest"].Should().NotBe(first);
    }

    [Test]
    public void RUN_false_fails_its_container_behind_a_pod_that_still_runs()
    {
        SetContainerfile("FROM configs AS final\n  RUN false  \n");
        Start();
        Create(BuildPod());
        Pass(Options.PullTime + Options.BuildTime + TimeSpan.FromHours(1));

        Pod pod = Pod(Build)!;
        pod.Status.Phase.Should().Be("Running");
        ContainerTerminated failed = pod.Status.ContainerStatuses.Single(static status => status.Name == "image-build").State!.Terminated!;
        failed.ExitCode.Should().Be(1);
        failed.Message.Should().Contain("RUN false");
        pod.Status.ContainerStatuses.Single(static status => status.Name == "wait-for-done").State!.Terminated.Should().BeNull();
        FindDigest().Should().BeNull();
    }

    [Test]
    public void The_deadline_ends_a_pod_as_failed_and_keeps_what_its_containers_came_to()
    {
        SetContainerfile("RUN false");
        Start();
        Create(BuildPod(deadline: 60));
        Pass(TimeSpan.FromSeconds(59));
        Pod(Build)!.Status.Phase.Should().Be("Running");

        Pass(TimeSpan.FromSeconds(2));

        Pod pod = Pod(Build)!;
        pod.Status.Phase.Should().Be("Failed");
        pod.Status.Reason.Should().Be("DeadlineExceeded");
        pod.Status.ContainerStatuses.Select(static status => status.State!.Terminated!.ExitCode).Should().BeEquivalentTo([1, 137]);
    }

    [Test]
    public void The_deadline_ends_a_build_that_takes_too_long()
    {
        Start();
        Create(BuildPod(deadline: 5));
        Pass(TimeSpan.FromSeconds(6));

        Pod(Build)!.Status.Reason.Should().Be("DeadlineExceeded");
        FindDigest().Should().BeNull();
    }

    [Test]
    public void The_deadline_counts_for_a_pod_that_cannot_start_too()
    {
        Remove("dockerfile");
        Start();
        Create(BuildPod(deadline: 30));
        Pass(TimeSpan.FromSeconds(32));

        Pod(Build)!.Status.Reason.Should().Be("DeadlineExceeded");
    }

    [Test]
    public void A_deadline_that_is_set_while_the_pod_runs_ends_it()
    {
        SetContainerfile("RUN false");
        Start();
        Create(BuildPod());
        Pass(TimeSpan.FromMinutes(5));

        world.Run(() => Pods.PatchAsync(Build, Patch.Merge(new JsonObject { ["spec"] = new JsonObject { ["activeDeadlineSeconds"] = 1 } })));
        world.RunUntilIdle();

        Pod(Build)!.Status.Phase.Should().Be("Failed");
    }

    [Test]
    public void A_running_pod_that_is_deleted_takes_its_time_to_stop()
    {
        Start();
        Create(BuildPod());
        Pass(Options.PullTime);

        Delete();
        Pass(Options.StopTime - TimeSpan.FromSeconds(1));
        Pod(Build)!.Metadata.DeletionTimestamp.Should().NotBeNull();
        Pass(TimeSpan.FromSeconds(1));

        Pod(Build).Should().BeNull();
        Pass(Options.BuildTime);
        FindDigest().Should().BeNull("it was stopped before it was built");
    }

    [Test]
    public void A_pod_that_does_not_run_is_gone_at_once_when_it_is_deleted()
    {
        Start();
        Create(BuildPod());
        world.RunUntilIdle();

        Delete();
        world.RunUntilIdle();

        Pod(Build).Should().BeNull();
    }

    [Test]
    public void A_pod_that_follows_another_of_its_name_starts_from_the_beginning()
    {
        Start();
        Create(BuildPod());
        Pass(Options.PullTime + Options.BuildTime - TimeSpan.FromSeconds(1));
        world.Run(() => Pods.DeleteAsync(Build, new DeleteOptions { GracePeriod = TimeSpan.Zero }));

        Create(BuildPod());
        world.RunUntilIdle();
        Pod(Build)!.Status.Phase.Should().Be("Pending");
        Pass(Options.PullTime + Options.BuildTime - TimeSpan.FromSeconds(1));
        Pod(Build)!.Status.Phase.Should().Be("Running");
        Pass(TimeSpan.FromSeconds(1));

        Pod(Build)!.Status.Phase.Should().Be("Succeeded");
    }

    [TestCase("dockerfile", "configmap \"dockerfile\" not found")]
    [TestCase("mc", "configmap \"mc\" not found")]
    public void A_missing_ConfigMap_keeps_the_pod_Pending_until_it_is_there(string name, string reason)
    {
        Remove(name);
        Start();
        Create(BuildPod());
        Pass(TimeSpan.FromMinutes(10));

        Pod(Build)!.Status.Phase.Should().Be("Pending");
        Pod(Build)!.Status.ContainerStatuses.Should().OnlyContain(status => status.State!.Waiting!.Message == reason);

        clientset.Seed(Resources.ConfigMaps, Map(name, ("Dockerfile", "FROM x")));
        Pass(Options.MountRetry);
        Pod(Build)!.Status.Phase.Should().Be("Running");
    }

    [Test]
    public void A_missing_Secret_keeps_the_pod_Pending()
    {
        Pod pod = BuildPod();
        Start();
        Create(pod with { Spec = pod.Spec with { Volumes = [.. pod.Spec.Volumes, new Volume { Name = "creds", Secret = new SecretVolume { SecretName = "pull" } }] } });
        Pass(TimeSpan.FromMinutes(1));

        Pod(Build)!.Status.Phase.Should().Be("Pending");
        Pod(Build)!.Status.ContainerStatuses.Should().OnlyContain(static status => status.State!.Waiting!.Message == "secret \"pull\" not found");
    }

    [Test]
    public void A_pod_that_waits_for_its_volumes_is_not_written_again_and_again()
    {
        Remove("mc");
        Start();
        Create(BuildPod());
        Pass(TimeSpan.FromSeconds(10));
        string version = Pod(Build)!.Metadata.ResourceVersion!;

        Pass(TimeSpan.FromMinutes(10));

        Pod(Build)!.Metadata.ResourceVersion.Should().Be(version);
    }

    [Test]
    public void A_pod_that_is_no_build_just_runs()
    {
        Start();
        Create(new Pod
        {
            Metadata = new ObjectMeta { Namespace = Build.Namespace, Name = Build.Name },
            Spec = new PodSpec { Containers = [new Container { Name = "web", Image = "web" }] },
        });
        Pass(TimeSpan.FromHours(1));

        Pod(Build)!.Status.Phase.Should().Be("Running");
        Pod(Build)!.Status.ContainerStatuses.Should().ContainSingle().Which.Ready.Should().BeTrue();
    }

    [Test]
    public void Conflicts_are_survived()
    {
        clientset.Fail("patch", "pods", new ApiException(ApiErrorReason.Conflict, "changed"), times: 4);
        Start();
        Create(BuildPod());
        Pass(Options.PullTime + Options.BuildTime);

        Pod(Build)!.Status.Phase.Should().Be("Succeeded");
    }

    [Test]
    public void Requests_that_fail_are_tried_again()
    {
        clientset.Fail("patch", "pods", new ApiException(ApiErrorReason.InternalError, "not now"), times: 2);
        clientset.Fail("create", "configmaps", new ApiException(ApiErrorReason.ServiceUnavailable, "not now"), times: 2);
        Start();
        Create(BuildPod());
        Pass(TimeSpan.FromMinutes(1));

        Pod(Build)!.Status.Phase.Should().Be("Succeeded");
        FindDigest().Should().NotBeNull();
    }

    [Test]
    public void Another_kubelet_goes_on_where_one_stopped()
    {
        Start();
        Create(BuildPod());
        Pass(Options.PullTime);
        Stop();
        Pass(TimeSpan.FromMinutes(1));
        Pod(Build)!.Status.Phase.Should().Be("Running");

        Start();
        Pass(Options.BuildTime);

        Pod(Build)!.Status.Phase.Should().Be("Succeeded");
        FindDigest().Should().NotBeNull();
    }

    [Test]
    public void A_kubelet_that_comes_late_ends_what_was_deleted_meanwhile()
    {
        Start();
        Create(BuildPod());
        Pass(Options.PullTime);
        Stop();
        Delete();

        Start();
        Pass(Options.StopTime);

        Pod(Build).Should().BeNull();
    }

    private IResourceClient<Pod> Pods => clientset.Resource(Resources.Pods);

    private void Start()
    {
        var kubelet = new SimulatedKubelet(clientset, Options, world.Runtime);
        running.Push(kubelet);
        _ = world.Runtime.Start(() => kubelet.RunAsync());
        world.RunUntilIdle();
    }

    private void Stop()
    {
        while (running.TryPop(out SimulatedKubelet? kubelet))
            world.Run(() => kubelet.DisposeAsync().AsTask());
    }

    private void Pass(TimeSpan time) => world.Advance(time);

    private void Create(Pod pod) => world.Run(() => Pods.CreateAsync(pod));

    private void Delete() => world.Run(() => Pods.DeleteAsync(Build));

    private Pod? Pod(ObjectKey key) => world.Run(() => Pods.FindAsync(key));

    private ConfigMap? FindDigest() => world.Run(() => clientset.Resource(Resources.ConfigMaps).FindAsync(Digest));

    private void SetContainerfile(string text)
    {
        Remove("dockerfile");
        clientset.Seed(Resources.ConfigMaps, Map("dockerfile", ("Dockerfile", text)));
    }

    private void Remove(string map) => world.Run(() => clientset.Resource(Resources.ConfigMaps).DeleteAsync(new ObjectKey("builds", map)));

    private static ConfigMap Map(string name, (string Key, string Value) entry) => new()
    {
        Metadata = new ObjectMeta { Namespace = "builds", Name = name },
        Data = new Dictionary<string, string> { [entry.Key] = entry.Value },
    };

    private static Pod BuildPod(long? deadline = null) => new()
    {
        Metadata = new ObjectMeta { Namespace = Build.Namespace, Name = Build.Name },
        Spec = new PodSpec
        {
            RestartPolicy = "Never",
            ActiveDeadlineSeconds = deadline,
            Containers =
            [
                new Container
                {
                    Name = "image-build",
                    Image = "buildah",
                    Env = [new EnvironmentVariable("DIGEST_CONFIGMAP_NAME", "digest"), new EnvironmentVariable("DIGEST_CONFIGMAP_LABELS", "pool=worker,marker=")],
                },
                new Container { Name = "wait-for-done", Image = "base" },
            ],
            Volumes =
            [
                new Volume { Name = "machineconfig", ConfigMap = new ConfigMapVolume("mc") },
                new Volume { Name = "dockerfile", ConfigMap = new ConfigMapVolume("dockerfile") },
                new Volume { Name = "done", EmptyDir = new EmptyDirVolume("Memory") },
            ],
        },
    };
}
