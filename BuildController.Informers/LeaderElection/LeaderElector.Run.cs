using BuildController.Informers.Events;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.LeaderElection;

/// <content>The loop: get the lease, lead, and in the end give it up.</content>
public sealed partial class LeaderElector
{
    private const string EventReason = "LeaderElection";

    private readonly FailureRow failures = new();

    private async Task RunUntilStoppedAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration stop = cancellationToken.UnsafeRegister(static self => ((LeaderElector)self!).BeginStop(), this);
        metrics.Observe(this);
        try
        {
            LogStarted(logger, Identity, lease);
            bool allLeft = true;
            while (allLeft && await AcquireAsync() is { } term)
                allLeft = await LeadAsync(term);

            if (allLeft && options.ReleaseOnStop && claim.MayBeMine)
                await ReleaseAsync();

            await notifier.Told;
            LogStopped(logger, Identity, lease);
        }
        catch (Exception error)
        {
            LogFailed(logger, Identity, lease, error);
            throw;
        }
        finally
        {
            BeginStop();
            current?.Abandon();
            metrics.Forget(this);
        }
    }

    /// <returns>Null if the elector was stopped meanwhile.</returns>
    private async Task<LeaderTerm?> AcquireAsync()
    {
        while (!isStopping)
        {
            if (await TryAsync(isRenewal: false, stopping.Token) is { } acquired && Begin(acquired) is { } term)
                return term;

            double jitter = 1 + (LeaderElectionOptions.JitterFactor * runtime.NextDouble());
            await PausedAsync(options.RetryPeriod * jitter, stopping.Token);
        }

        return null;
    }

    /// <returns>Null if the elector was stopped, or the answer came so late that nobody could count on the term.</returns>
    private LeaderTerm? Begin(Moment acquired)
    {
        TaskCompletionSource begun;
        LeaderTerm term;
        lock (gate)
        {
            if (isStopping || acquired.Elapsed(runtime.Time) >= options.RenewDeadline)
                return null;

            term = new LeaderTerm(new FencingToken(lease, Identity, claim.Transitions), acquired, options.RenewDeadline, runtime, logger);
            current = term;
            begun = nextTerm;
            nextTerm = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        begun.SetResult();
        return term;
    }

    /// <summary>Renews the lease for as long as there is a term, and waits until its work has left.</summary>
    /// <returns>False if work was left behind.</returns>
    private async Task<bool> LeadAsync(LeaderTerm term)
    {
        LogLeads(logger, term.Token);
        Record("became leader");
        while (await PausedAsync(options.RetryPeriod, term.Lost))
        {
            if (await TryAsync(isRenewal: true, term.Lost) is { } renewed)
                term.Renew(renewed);
            else if (!claim.IsMine)
                term.Lose();
        }

        LogEnd(term);
        Record("stopped leading");
        bool allLeft = await term.Left;
        if (!allLeft)
            LogWorkLeftBehind(logger, term.Token, term.Participants);

        current = null;
        return allLeft;
    }

    private void LogEnd(LeaderTerm term)
    {
        if (!claim.IsMine)
            LogTaken(logger, term.Token, claim.Holder ?? "nobody", term.Participants);
        else if (isStopping && !term.IsOverdue)
            LogGivenUp(logger, term.Token);
        else
            LogLost(logger, term.Token, term.SinceRenewal, term.Participants);
    }

    /// <returns>The moment before the successful write was sent; null if the lease is not this process's, or the try failed.</returns>
    private async Task<Moment?> TryAsync(bool isRenewal, CancellationToken cancellationToken)
    {
        try
        {
            Moment? sent = await claim.TryAsync(isRenewal, cancellationToken);
            if (failures.Succeeded())
                LogTriesSucceed(logger, lease);

            return sent;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception error)
        {
            // Whatever it is, the loop goes on: who does not renew loses the term, and who does not try never gets one.
            LogTryFailed(logger, failures.Failed(error, runtime.Time) ? LogLevel.Warning : LogLevel.Debug, lease, error);
            return null;
        }
        finally
        {
            notifier.Report(claim.Holder);
        }
    }

    private async Task ReleaseAsync()
    {
        try
        {
            await claim.ReleaseAsync();
            LogReleased(logger, Identity, lease);
        }
        catch (Exception error)
        {
            LogNotReleased(logger, lease, options.LeaseDuration, error);
        }

        notifier.Report(claim.Holder);
    }

    private async Task LeadEachTermAsync(Task competing, Func<ILeaderTerm, Task> lead)
    {
        using var over = new CancellationTokenSource();
        Task leading = runtime.Start(() => LeadEachTermAsync(lead, over.Token));
        await competing;
        over.Cancel();
        await leading;
    }

    private async Task LeadEachTermAsync(Func<ILeaderTerm, Task> lead, CancellationToken over)
    {
        while (await JoinedAsync(over) is { } term)
        {
            try
            {
                using (term)
                    await lead(term);
            }
            catch (OperationCanceledException) when (term.Ended.IsCancellationRequested)
            {
            }
            catch (Exception error)
            {
                LogWorkFailed(logger, lease, error);
                BeginStop();
                throw;
            }

            // Work that is done before the term is over is not begun again in it.
            await PausedAsync(Timeout.InfiniteTimeSpan, term.Ended);
        }
    }

    /// <returns>Null when there is nothing more to join.</returns>
    private async Task<ILeaderTerm?> JoinedAsync(CancellationToken over)
    {
        try
        {
            return await JoinAsync(over);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <returns>False if the token was cancelled first.</returns>
    private async Task<bool> PausedAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(pause, runtime.Time, cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Record(string what)
    {
        if (events is null || claim.Last is not { } about)
            return;

        try
        {
            events.Record(ObjectReference.To(Lease.ResourceType, about), EventType.Normal, EventReason, $"{Identity} {what}");
        }
        catch (Exception error)
        {
            // A recorder must not throw. If one does all the same, the term is worth more than the event.
            LogEventFailed(logger, what, error);
        }
    }
}
