using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;

namespace BuildController.Informers.LeaderElection;

/// <summary>
/// Lets writes pass only while this process leads. Reads always pass. Put it next to the clientset, behind interceptors that wait or
/// repeat (<see cref="LeaderClientsetExtensions.WithFence"/>): the question must be asked right before a request is sent.
/// </summary>
/// <remarks>
/// <para>A write begun while this process does not lead is refused with <see cref="ApiErrorReason.NotLeading"/>: it was not sent. It is counted.</para>
/// <para>A write that is under way when the term is lost is cut off, and fails with <see cref="ApiErrorReason.ConnectionLost"/>: it may have been applied.</para>
/// <para>
/// It cannot call back what has left: a write that the network holds up until another one leads is applied all the same, unless its
/// precondition is stale by then. So write with preconditions, as one should in any case.
/// </para>
/// </remarks>
public sealed class LeaderFence : IRequestInterceptor
{
    private readonly ILeadership leadership;
    private readonly LeaderMetrics metrics;

    /// <summary>Makes a fence.</summary>
    /// <param name="leadership">Who knows whether this process leads.</param>
    /// <param name="runtime">Where refusals are counted; null for <see cref="OperatorRuntime.Default"/>.</param>
    public LeaderFence(ILeadership leadership, OperatorRuntime? runtime = null)
    {
        ArgumentNullException.ThrowIfNull(leadership);
        this.leadership = leadership;
        metrics = LeaderMetrics.Of((runtime ?? OperatorRuntime.Default).Meter);
    }

    /// <inheritdoc/>
    public Task<TResult> SendAsync<TResult>(ClientRequest request, Func<CancellationToken, Task<TResult>> next, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(next);
        return request.IsWrite ? WriteAsync(request, next, cancellationToken) : next(cancellationToken);
    }

    private async Task<TResult> WriteAsync<TResult>(ClientRequest request, Func<CancellationToken, Task<TResult>> next, CancellationToken cancellationToken)
    {
        CancellationToken lost = leadership.Lost;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lost);
        if (!leadership.IsLeading || lost.IsCancellationRequested)
        {
            metrics.FencedWrite(request.VerbName);
            throw new ApiException(ApiErrorReason.NotLeading, $"'{request}' was not sent: this process does not lead. Leave the work to the one that does.");
        }

        try
        {
            return await next(either.Token);
        }
        catch (OperationCanceledException cut) when (lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ApiException(
                ApiErrorReason.ConnectionLost, $"'{request}' was cut off, because this process stopped leading before it was answered. It may have been applied.", cut);
        }
    }
}
