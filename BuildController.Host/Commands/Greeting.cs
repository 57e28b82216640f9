using BuildController.Core.Model;
using BuildController.Host.Samples;

namespace BuildController.Host.Commands;

/// <summary>What a newcomer reads first: where the cluster is, and what to type.</summary>
internal static class Greeting
{
    public static string Worker(EmbeddedCluster cluster) => $"""
        The build controller works on an embedded cluster. Nothing is really built, everything else is real.

        {Where(cluster)}

        Ask for a rebuild, and watch it happen:

          kubectl annotate mcp {SampleCluster.Pool} {PoolKeys.RebuildImage}=1
          kubectl get pods -A -w

        {Common}

        Make a build fail, and mend it again:

          kubectl -n openshift-machine-config-operator patch cm on-cluster-build-custom-dockerfile --type merge -p '{"{"}"data":{"{"}"worker":"FROM configs AS final\nRUN false\n"{"}}"}'
          kubectl annotate mcp {SampleCluster.Pool} {PoolKeys.RebuildImage}=2 --overwrite
          kubectl wait --for=condition=BuildFailed mcp/{SampleCluster.Pool}
          kubectl -n openshift-machine-config-operator patch cm on-cluster-build-custom-dockerfile --type merge -p '{"{"}"data":{"{"}"worker":"FROM configs AS final\nRUN true\n"{"}}"}'
          kubectl annotate mcp {SampleCluster.Pool} {PoolKeys.RebuildImage}=3 --overwrite

        Ctrl-C ends it.

        """;

    /// <param name="cluster">The cluster.</param>
    /// <param name="faults">What goes wrong on it; null for nothing.</param>
    public static string Cluster(EmbeddedCluster cluster, FaultSettings? faults = null) => $"""
        An embedded cluster without a build controller. Its pods are not really run, everything else is real.

        {Where(cluster)}{Warning(faults)}

        {Common}
          kubectl get pods -A -w
          kubectl annotate mcp {SampleCluster.Pool} {PoolKeys.RebuildImage}=1

        Run the worker on it, from another terminal:

          dotnet run --project BuildController.Host -- --kubeconfig {cluster.KubeconfigPath}

        Ctrl-C ends it.

        """;

    private const string Common = """
        Look around:

          kubectl get mcp
          kubectl describe mcp worker
          kubectl get mcp worker -o yaml
          kubectl wait --for=condition=BuildSuccess mcp/worker
        """;

    private static string Warning(FaultSettings? faults) => faults is null ? string.Empty : $"""


        Faults are on, {faults}.
        Each is logged. What fails once may well work when it is tried again.
        """;

    private static string Where(EmbeddedCluster cluster) => $"""
          address:    {cluster.Address.GetLeftPart(UriPartial.Authority)}
          kubeconfig: {cluster.KubeconfigPath}

          export KUBECONFIG={cluster.KubeconfigPath}
        """;
}
