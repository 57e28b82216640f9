namespace BuildController.Informers.WorkQueue;

/// <summary>
/// Keys that need work. A key that is added many times before a worker takes it is handed out once; a key is never with
/// two workers at once; a key added while a worker has it is handed out exactly once more, after that worker is done.
/// </summary>
/// <remarks>
/// <para>A worker takes a key with <see cref="GetAsync"/> and, whatever happens, gives it back with <see cref="Done"/>:</para>
/// <code>
/// while (await queue.GetAsync(cancellationToken) is { IsShutDown: false, Key: var key })
/// {
///     try { await WorkOn(key); queue.Forget(key); }
///     catch (Exception error) { Log(error); queue.AddRateLimited(key); }
///     finally { queue.Done(key); }
/// }
/// </code>
/// <para>Keys are handed out by priority, within one priority in turn of their groups, within one group in the order in
/// which they became ready; without priorities and groups that is first in, first out. Every member is safe for
/// concurrent use, and none but <see cref="GetAsync"/> and the drains waits.</para>
/// <para>Disposing shuts the queue down: it is the same as <see cref="IWorkQueue.ShutDown"/>. Whoever made the queue, or was given it
/// to own, disposes it.</para>
/// </remarks>
/// <typeparam name="TKey">What names a piece of work: small, immutable and comparable.</typeparam>
public interface IWorkQueue<TKey> : IWorkQueue
    where TKey : notnull
{
    /// <summary>Makes a key ready now. Does nothing if it is ready already, or if the queue is shutting down.</summary>
    void Add(TKey key);

    /// <summary>Adds a key with all that can be said of it: priority, delay, reasons. Does nothing if the queue is shutting down.</summary>
    void Add(TKey key, AddOptions options);

    /// <summary>
    /// Makes a key ready after a time, at once if the time is not positive. A key waits for one time only, the earliest that
    /// was asked for. Adding the key in another way does not end that wait: a promised visit comes, unless the key is ready
    /// and not yet taken when its time has come, for then one visit serves both.
    /// Does nothing if the queue is shutting down.
    /// </summary>
    void AddAfter(TKey key, TimeSpan delay);

    /// <summary>
    /// Makes a key ready when the rate limiter allows it, and counts one more retry of it. For work that failed; call
    /// <see cref="Forget"/> when it has succeeded. A key that waits for its retry already goes on waiting for that, and only the count
    /// is raised. Does nothing if the queue is shutting down.
    /// </summary>
    void AddRateLimited(TKey key);

    /// <summary>Ends the count of a key's retries, so that its next failure starts with the shortest delay. Not a <see cref="Done"/>.</summary>
    void Forget(TKey key);

    /// <summary>How often a key was added by <see cref="AddRateLimited"/> since it was last forgotten.</summary>
    int Retries(TKey key);

    /// <summary>
    /// Takes the next key, waiting for one if none is ready. After a shutdown, hands out the ready keys that are left, and then
    /// reports the shutdown at once.
    /// </summary>
    /// <param name="cancellationToken">
    /// Ends the wait with an <see cref="OperationCanceledException"/>. A cancelled call has taken nothing: the key goes to another.
    /// </param>
    /// <returns>A key, to be given back with <see cref="Done"/>, or word of the shutdown. Await it once.</returns>
    ValueTask<WorkItem<TKey>> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives back a key that <see cref="GetAsync"/> handed out. If it was added meanwhile it is ready again, also during a
    /// shutdown. Does nothing for a key that no worker has.
    /// </summary>
    void Done(TKey key);

    /// <summary>
    /// Shuts the queue down as <see cref="IWorkQueue.ShutDown"/> does, and waits until every ready key was taken and every taken key is
    /// done, with those that were added while a worker had them. Needs workers that go on taking until they hear of the shutdown.
    /// </summary>
    /// <param name="delayed">What becomes of the keys that wait for a time. What fails during the drain is not retried either way.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; the queue stays shut down.</param>
    /// <returns>True if nothing is left; false if a later <see cref="IWorkQueue.ShutDown"/> ended the wait before.</returns>
    Task<bool> ShutDownWithDrainAsync(DelayedKeys delayed, CancellationToken cancellationToken = default);

    /// <summary>The same, dropping the keys that wait for a time.</summary>
    /// <inheritdoc cref="ShutDownWithDrainAsync(DelayedKeys, CancellationToken)"/>
    Task<bool> ShutDownWithDrainAsync(CancellationToken cancellationToken = default);
}
