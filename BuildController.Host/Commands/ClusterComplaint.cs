using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Client.Configuration;

namespace BuildController.Host.Commands;

/// <summary>Makes of the failure of a first request to a cluster what a person can act on.</summary>
internal static class ClusterComplaint
{
    /// <summary>The same failure, which names the cluster and the way out.</summary>
    public static ApiException Of(ApiException error, ClusterConfiguration cluster)
    {
        if (error.IsNotFound)
        {
            return new ApiException(
                ApiErrorReason.NotFound,
                $"{cluster} has no {Resources.MachineConfigPools.Resource.QualifiedName}: use an OpenShift cluster, or one that has this resource definition.",
                error);
        }

        if (error.IsDenied)
            return new ApiException(error.Reason, $"{cluster} refuses this worker ({error.Message}): check the credentials and what they permit.", error);

        // An API server's answer names the fault, but not who answered.
        return error.Message.Contains(cluster.Server.Authority, StringComparison.Ordinal) ? error : new ApiException(error.Reason, $"{cluster}: {error.Message}", error);
    }
}
