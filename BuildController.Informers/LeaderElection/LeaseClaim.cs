using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.LeaderElection;

/// <summary>
/// One candidate's dealings with the lease: what it has seen of it, and one try after the other to get or keep it. Used by one loop; what
/// it has observed may be read from any thread.
/// </summary>
internal sealed partial class LeaseClaim
{
    private static readonly TimeSpan PauseAfterConflict = TimeSpan.FromMilliseconds(50);

    private readonly IResourceClient<Lease> client;
    private readonly LeaderElectionOptions options;
    private readonly string identity;
    private readonly TimeProvider time;
    private readonly LeaderMetrics metrics;
    private readonly ILogger logger;
    private readonly ObjectKey key;

    /// <summary>The lease as the server answered it last: what the next write is based on. Null if there was none.</summary>
    private volatile Lease? last;

    /// <summary>What the lease said last; kept when it is deleted, because whoever held it may not know yet.</summary>
    private volatile LeaseSpec? observed;

    /// <summary>When the lease said so first, by the monotonic clock. Never compared with what others' clocks wrote.</summary>
    private long observedAt;

    /// <summary>Whether a write was sent that would make this candidate the holder, and its outcome is not known.</summary>
    private bool isUncertain;

    public LeaseClaim(IClientset clientset, LeaderElectionOptions options, string identity, OperatorRuntime runtime, ILogger logger)
    {
        this.options = options;
        this.identity = identity;
        this.logger = logger;
        client = clientset.Resource(Lease.ResourceType);
        time = runtime.Time;
        metrics = LeaderMetrics.Of(runtime.Meter);
        key = new ObjectKey(options.Namespace, options.Name);
    }

    /// <summary>The holder as last observed; null for nobody.</summary>
    public string? Holder => observed?.HolderIdentity is { Length: > 0 } holder ? holder : null;

    /// <summary>Whether the lease said last that this candidate holds it.</summary>
    public bool IsMine => Holder == identity;

    /// <summary>Whether the lease may say so now.</summary>
    public bool MayBeMine => IsMine || isUncertain;

    /// <summary>How often the lease had changed hands.</summary>
    public int Transitions => observed?.LeaseTransitions ?? 0;

    /// <summary>The lease as the server answered it last, for events about it.</summary>
    public Lease? Last => last;

    /// <summary>One try to get the lease, or to renew it.</summary>
    /// <param name="isRenewal">
    /// Whether a term is under way. Its lease is written in the version last seen, without a read. If that fails, it is read
    /// and written, but only if nobody else has had it: then the term is lost, even if the lease is free again.
    /// </param>
    /// <param name="cancellationToken">Ends the try; a write may have been applied.</param>
    /// <returns>The moment before the write was sent; null if another one holds the lease or was faster.</returns>
    public async Task<Moment?> TryAsync(bool isRenewal, CancellationToken cancellationToken)
    {
        if (isRenewal && last is { } known && IsMine)
        {
            try
            {
                return await WriteAsync(known, cancellationToken);
            }
            catch (ApiException error)
            {
                LogFastPathFailed(logger, key, error.Message);
            }
        }

        if (isRenewal)
            metrics.SlowPath(options.Name);

        try
        {
            return await ReadAndWriteAsync(isRenewal, cancellationToken);
        }
        catch (ApiException error) when (error.IsConflict || error.IsAlreadyExists)
        {
            LogOthersFaster(logger, key, error.Message);
            isUncertain = false;
            return null;
        }
    }

    /// <summary>
    /// Gives the lease up, if it is still this candidate's: read anew, and written as free. A conflict is read again; so is after
    /// a while what may pass, all within the renew deadline.
    /// </summary>
    /// <exception cref="ApiException">It could not be given up, and expires by itself.</exception>
    public async Task ReleaseAsync()
    {
        using var deadline = new CancellationTokenSource(options.RenewDeadline, time);
        while (true)
        {
            try
            {
                if (await ReadAsync(deadline.Token) is { } lease && IsMine)
                    Observe(await SendAsync(token => client.PatchAsync(key, Change(lease, Released(lease.Spec)), token), deadline.Token));

                return;
            }
            catch (ApiException error) when ((error.IsConflict || error.IsTransient) && !deadline.IsCancellationRequested)
            {
                await PauseAsync(error.IsConflict ? PauseAfterConflict : options.RetryPeriod, error, deadline.Token);
            }
            catch (OperationCanceledException cancelled)
            {
                throw new ApiException(ApiErrorReason.ConnectionLost, $"The lease {key} was not given up within {options.RenewDeadline}.", cancelled);
            }
        }
    }

    private async Task PauseAsync(TimeSpan pause, ApiException because, CancellationToken deadline)
    {
        try
        {
            await Task.Delay(pause, time, deadline);
        }
        catch (OperationCanceledException)
        {
            throw because;
        }
    }

    private async Task<Moment?> ReadAndWriteAsync(bool isRenewal, CancellationToken cancellationToken)
    {
        Lease? found = await ReadAsync(cancellationToken);
        if (IsHeldByAnother() || (isRenewal && !IsMine))
            return null;

        return found is null ? await CreateAsync(cancellationToken) : await WriteAsync(found, cancellationToken);
    }

    /// <returns>Null if there is none.</returns>
    private async Task<Lease?> ReadAsync(CancellationToken cancellationToken)
    {
        Lease? found = await SendAsync(token => client.FindAsync(key, token), cancellationToken);
        if (found is not null)
            Observe(found);

        last = found;
        isUncertain = false;
        return found;
    }

    private async Task<Moment> CreateAsync(CancellationToken cancellationToken)
    {
        Moment now = Moment.Now(time);
        var lease = new Lease
        {
            Metadata = new ObjectMeta { Name = key.Name, Namespace = key.Namespace, Labels = options.Labels! },
            Spec = Held(observed, now),
        };
        isUncertain = true;
        Observe(await SendAsync(token => client.CreateAsync(lease, token), cancellationToken));
        return now;
    }

    private async Task<Moment> WriteAsync(Lease seen, CancellationToken cancellationToken)
    {
        Moment now = Moment.Now(time);
        Patch change = Change(seen, Held(seen.Spec, now));
        isUncertain = true;
        Observe(await SendAsync(token => client.PatchAsync(key, change, token), cancellationToken));
        return now;
    }

    private async Task<T> SendAsync<T>(Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await send(either.Token);
        }
        catch (OperationCanceledException cancelled) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ApiException(
                ApiErrorReason.ConnectionLost, $"A request for the lease {key} was not answered within {options.RequestTimeout}; a write may have been applied.", cancelled);
        }
    }

    private void Observe(Lease lease)
    {
        last = lease;
        isUncertain = false;
        if (lease.Spec == observed)
            return;

        observed = lease.Spec;
        observedAt = time.GetTimestamp();
    }

    /// <summary>Whether another one holds the lease and was seen to change it within the time that it asks for, by this process's own clock.</summary>
    private bool IsHeldByAnother() =>
        Holder is { } holder && holder != identity && time.GetElapsedTime(observedAt) < DurationOf(observed!);

    /// <summary>A lease without a duration was not written by a candidate; it gets the time that candidates have.</summary>
    private TimeSpan DurationOf(LeaseSpec spec) =>
        spec.LeaseDurationSeconds is > 0 and int seconds ? TimeSpan.FromSeconds(seconds) : options.LeaseDuration;

    private LeaseSpec Held(LeaseSpec? before, Moment now)
    {
        bool isMine = before?.HolderIdentity == identity;
        int transitions = before?.LeaseTransitions ?? 0;
        return new LeaseSpec
        {
            HolderIdentity = identity,
            LeaseDurationSeconds = options.LeaseDurationSeconds,
            AcquireTime = isMine ? before!.AcquireTime ?? now.WallTime : now.WallTime,
            RenewTime = now.WallTime,
            LeaseTransitions = isMine || before is null ? transitions : transitions + 1,
        };
    }

    private LeaseSpec Released(LeaseSpec before)
    {
        DateTimeOffset now = time.GetUtcNow();
        return before with { HolderIdentity = string.Empty, LeaseDurationSeconds = 1, AcquireTime = now, RenewTime = now };
    }

    /// <summary>Refused by the server if the lease is in another version than the one seen.</summary>
    private Patch Change(Lease seen, LeaseSpec spec)
    {
        var metadata = new JsonObject { ["resourceVersion"] = seen.Metadata.ResourceVersion };
        if (options.Labels is { Count: > 0 } labels)
        {
            var merged = new JsonObject();
            foreach ((string label, string value) in labels)
                merged[label] = value;

            metadata["labels"] = merged;
        }

        return Patch.Merge(new JsonObject { ["metadata"] = metadata, ["spec"] = spec.ToPatch() });
    }

    [LoggerMessage(4020, LogLevel.Debug, "The lease {Lease} could not be renewed in the version last seen and is read anew: {Error}", EventName = "LeaseFastPathFailed")]
    private static partial void LogFastPathFailed(ILogger logger, ObjectKey lease, string error);

    [LoggerMessage(4021, LogLevel.Debug, "Another one was faster with the lease {Lease}: {Error}", EventName = "LeaseOthersFaster")]
    private static partial void LogOthersFaster(ILogger logger, ObjectKey lease, string error);
}
