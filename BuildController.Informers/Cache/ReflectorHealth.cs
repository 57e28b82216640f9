using System.Collections.Immutable;
using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>Keeps what <see cref="InformerHealth"/> shows. Written by one reflector, read by anybody.</summary>
internal sealed class ReflectorHealth(TimeProvider time)
{
    private const long Never = long.MinValue;

    private readonly Lock gate = new();
    private InformerHealth state = new();
    private ImmutableHashSet<ObjectKey> undecodable = [];
    private long lastContact = Never;

    /// <summary>How long ago the server gave a sign; null if it never did.</summary>
    public TimeSpan? SinceContact => Volatile.Read(ref lastContact) is not Never and var at ? time.GetElapsedTime(at) : null;

    /// <summary>The server has answered or sent something.</summary>
    public void Contact() => Contact(time.GetTimestamp());

    /// <param name="now">The clock's timestamp.</param>
    public void Contact(long now) => Volatile.Write(ref lastContact, now);

    /// <summary>Listing and watching go well.</summary>
    public void Succeeded()
    {
        Contact();
        lock (gate)
            state = state with { LastError = null, FailingSince = null, FailedAttempts = 0 };
    }

    public void Failed(Exception error)
    {
        lock (gate)
        {
            state = state with
            {
                LastError = error,
                FailingSince = state.FailingSince ?? time.GetUtcNow(),
                FailedAttempts = state.FailedAttempts + 1,
            };
        }
    }

    /// <summary>A watch was silent to its end.</summary>
    /// <returns>How many were, in a row.</returns>
    public int WasSilent()
    {
        lock (gate)
            return (state = state with { SilentWatches = state.SilentWatches + 1 }).SilentWatches;
    }

    /// <summary>Something came on a watch.</summary>
    public void Heard()
    {
        lock (gate)
        {
            if (state.SilentWatches > 0)
                state = state with { SilentWatches = 0 };
        }
    }

    public void SetUndecodable(ImmutableHashSet<ObjectKey> keys)
    {
        lock (gate)
            undecodable = keys;
    }

    public InformerHealth Snapshot()
    {
        TimeSpan? since = SinceContact;
        lock (gate)
            return state with { LastContact = time.GetUtcNow() - since, Undecodable = undecodable };
    }
}
