using System.Text;
using System.Text.Json.Nodes;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Core.Sync;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.Testing;
using BuildController.Tests.Core.Sync;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Manifests;

/// <summary>What the manifests grant is what the worker needs: every call that it makes is granted, and every grant is used.</summary>
[TestFixture]
public sealed class LeastPrivilegeTests
{
    private const string Account = "machine-os-build-controller";

    [Test]
    public void Every_call_is_granted_and_every_grant_is_used()
    {
        IReadOnlyList<AccessRule> granted = AccessRule.Of(Account);
        granted.Should().HaveCountGreaterThan(20);

        ImageBuildOptions hurried = BuildWorld.Options with { Policy = new RebuildPolicy { AttemptDeadline = TimeSpan.FromSeconds(15) } };
        FakeRequest[] calls =
        [
            .. from builder in (ImageBuilderType[])[ImageBuilderType.CustomPodBuilder, ImageBuilderType.OpenShiftImageBuilder]
               from call in (FakeRequest[])[.. Calls(builder, BuildWorld.Options, Live), .. Calls(builder, hurried, static (world, _) => world.OptIn().UntilFailed())]
               select call,
        ];

        calls.Should().HaveCountGreaterThan(100);
        calls.Where(call => !granted.Any(rule => Covers(rule, call))).Select(static call => call.ToString()).Distinct().Should().BeEmpty("each call must be granted");
        granted.Where(rule => !calls.Any(call => Covers(rule, call))).Should().BeEmpty("each grant must be needed");
    }

    [Test]
    public void Build_pods_may_publish_their_digest_and_nothing_else() => AccessRule.Of("machine-os-builder").Should().BeEquivalentTo(
        new[] { "get", "create", "patch" }.Select(static verb => new AccessRule(AccessRule.Settings.Namespace, string.Empty, "configmaps", null, verb)));

    [Test]
    public void No_rule_has_a_wildcard() =>
        AccessRule.Of(Account).Should().NotContain(static rule => rule.Group.Contains('*') || rule.Resource.Contains('*') || rule.Verb.Contains('*'));

    /// <summary>What a leading worker asks for.</summary>
    /// <param name="builder">Who builds.</param>
    /// <param name="options">How the worker works.</param>
    /// <param name="live">What happens; by its second argument build objects cannot be created.</param>
    private static FakeRequest[] Calls(ImageBuilderType builder, ImageBuildOptions options, Action<BuildWorld, Action<bool>> live)
    {
        using var world = new BuildWorld(builder: builder);
        FakeClientset clientset = world.Client("worker");
        bool isOffline = false;
        clientset.AddReactor((request, next, _) => isOffline && request is { Verb: "create", Resource.Plural: "pods" or "builds" }
            ? throw new ApiException(ApiErrorReason.Forbidden, "Not now.")
            : next());
        var elector = new LeaderElector(clientset, new LeaderElectionOptions { Namespace = BuildWorld.Namespace, Name = AccessRule.Settings.Lease }, world.World.Runtime);
        var controller = new ImageBuildController(clientset, options, world.World.Runtime, elector);
        Task electing = elector.RunAsync(CancellationToken.None), running = controller.RunAsync();

        live(world, refuses => isOffline = refuses);

        world.World.Run(async () =>
        {
            await controller.DisposeAsync();
            await elector.StopAsync();
            await Task.WhenAll(electing, running);
            await elector.DisposeAsync();
        });
        return [.. clientset.Actions];
    }

    /// <summary>A life with everything in it.</summary>
    private static void Live(BuildWorld world, Action<bool> refuseBuilds)
    {
        world.OptIn().UntilBuilt();
        world.Request("1").UntilBuilt();
        world.Break().Request("2").UntilFailed();
        world.Mend().Request("3").UntilPhase("Running").Render(BuildWorld.ConfigB).UntilBuilt();

        // Credentials of the old form are written anew in the current one, and follow when they change.
        SetSecret(world, "one");
        world.SetInput(InputNames.BuildConfig, "baseImagePullSecretName", "old-form").Request("4").UntilBuilt();
        SetSecret(world, "two");
        world.Request("5").UntilBuilt();

        // What cannot be made after its ConfigMaps is tried again, with inputs of its own time.
        refuseBuilds(true);
        world.Request("6").Pass(TimeSpan.FromMinutes(1)).Break().Mend().Pass(TimeSpan.FromMinutes(3));
        refuseBuilds(false);
        world.UntilBuilt();

        // Somebody else's object of the name that the build is to have.
        ResourceType<UnstructuredObject> type = world.Builder == ImageBuilderType.CustomPodBuilder
            ? ResourceType.Unstructured(Resources.Pods.Resource, Resources.Pods.Kind, ResourceScope.Namespaced)
            : ResourceType.Unstructured(Resources.Builds.Resource, Resources.Builds.Kind, ResourceScope.Namespaced);
        string name = $"build-{BuildWorld.ConfigB}";
        world.Create(type, ForeignObject(type, name));
        world.Request("7").UntilFailedAfterSuccess().Delete(type, name).Request("again").UntilBuilt();
    }

    private static JsonObject ForeignObject(ResourceType<UnstructuredObject> type, string name) => new()
    {
        ["apiVersion"] = type.Resource.ApiVersion,
        ["kind"] = type.Kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = BuildWorld.Namespace },
        ["spec"] = type.Kind == "Pod"
            ? new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "c", ["image"] = "i" }) }
            : new JsonObject(),
    };

    private static void SetSecret(BuildWorld world, string password)
    {
        var key = new ObjectKey(BuildWorld.Namespace, "old-form");
        string credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{password}"));
        byte[] content = Encoding.UTF8.GetBytes(new JsonObject { ["registry.example.com"] = new JsonObject { ["auth"] = credentials } }.ToJsonString());
        if (world.Find(Resources.Secrets, key) is null)
        {
            BuildWorld.Do(world.Admin.Resource(Resources.Secrets).CreateAsync(new Secret
            {
                Metadata = new ObjectMeta { Name = key.Name, Namespace = key.Namespace },
                Type = "kubernetes.io/dockercfg",
                Data = new Dictionary<string, byte[]> { [".dockercfg"] = content },
            }));
            return;
        }

        BuildWorld.Do(world.Admin.Resource(Resources.Secrets).PatchAsync(key, Patch.Merge(
            new JsonObject { ["data"] = new JsonObject { [".dockercfg"] = Convert.ToBase64String(content) } })));
    }

    private static bool Covers(AccessRule rule, FakeRequest call)
    {
        string resource = call.Subresource is null ? call.Resource.Plural : $"{call.Resource.Plural}/{call.Subresource}";
        return rule.Verb == call.Verb && rule.Group == call.Resource.Group && rule.Resource == resource
            && (rule.Namespace is null || rule.Namespace == call.Key.Namespace)
            && (rule.Name is null || rule.Name == call.Key.Name);
    }
}
