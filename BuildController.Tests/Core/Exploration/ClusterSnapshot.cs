using System.Text.Json.Nodes;
using BuildController.Core.Images;
using BuildController.Host.Samples;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Informers.Testing.Simulation;
using BuildController.Tests.Core.Sync;

namespace BuildController.Tests.Core.Exploration;

/// <summary>Everything in a cluster at one moment, so that many runs begin there without playing what came before.</summary>
internal sealed class ClusterSnapshot
{
    private readonly List<(ResourceDefinition Type, string Body)> objects = [];
    private readonly TimeSpan elapsed;

    private ClusterSnapshot(BuildWorld world)
    {
        elapsed = TimeSpan.FromTicks(world.World.Time.GetTimestamp());
        foreach (ResourceDefinition type in world.Cluster.Definitions.Where(static type => type.Kind is not ("Event" or "Namespace")))
        {
            foreach (ReadOnlyMemory<byte> bytes in world.Cluster.List(type, null, ListOptions.Default).Items)
                objects.Add((type, System.Text.Encoding.UTF8.GetString(bytes.Span)));
        }
    }

    /// <summary>Plays a story in a world of its own, up to the moment wanted.</summary>
    public static ClusterSnapshot After(ImageBuilderType builder, Action<BuildWorld> begin)
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        begin(world);
        return new ClusterSnapshot(world);
    }

    /// <summary>Puts everything into a world that has not begun, and its clock where it stood.</summary>
    public void Restore(SimulatedWorld world)
    {
        OpenShiftDefinitions.Register(world.Cluster);
        world.Cluster.Seed([.. objects.Select(static item => (item.Type, JsonNode.Parse(item.Body)!.AsObject()))]);
        world.ManualTime.Advance(elapsed);
    }
}
