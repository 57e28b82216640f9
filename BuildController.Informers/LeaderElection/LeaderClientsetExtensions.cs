using BuildController.Informers.Client;
using BuildController.Informers.Execution;

namespace BuildController.Informers.LeaderElection;

/// <summary>Puts fences before clientsets.</summary>
public static class LeaderClientsetExtensions
{
    /// <summary>
    /// The same clientset behind a <see cref="LeaderFence"/>. Other interceptors come before it:
    /// <c>clientset.WithFence(leadership).With(retries, limits)</c>. The elector itself, and a recorder of events, take the clientset without it.
    /// </summary>
    /// <param name="clientset">Where requests go.</param>
    /// <param name="leadership">Who knows whether this process leads.</param>
    /// <param name="runtime">Where refusals are counted; null for <see cref="OperatorRuntime.Default"/>.</param>
    public static IClientset WithFence(this IClientset clientset, ILeadership leadership, OperatorRuntime? runtime = null) =>
        clientset.With(new LeaderFence(leadership, runtime));
}
