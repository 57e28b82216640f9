namespace BuildController.Informers.Cache;

/// <summary>Keeps what <see cref="InformerHealth"/> shows. Written by one reflector, read by anybody.</summary>
internal sealed class ReflectorHealth(TimeProvider time)
{
    private readonly Lock gate = new();
    private InformerHealth state = new();
    private long lastContactTicks;

    /// <summary>The server has answered or sent something.</summary>
    public void Contact() => Volatile.Write(ref lastContactTicks, time.GetUtcNow().UtcTicks);

    /// <summary>Listing and watching go well.</summary>
    public void Succeeded()
    {
        Contact();
        lock (gate)
            state = new InformerHealth();
    }

    public void Failed(Exception error)
    {
        lock (gate)
        {
            state = new InformerHealth
            {
                LastError = error,
                FailingSince = state.FailingSince ?? time.GetUtcNow(),
                FailedAttempts = state.FailedAttempts + 1,
            };
        }
    }

    public InformerHealth Snapshot()
    {
        long contact = Volatile.Read(ref lastContactTicks);
        lock (gate)
            return state with { LastContact = contact == 0 ? null : new DateTimeOffset(contact, TimeSpan.Zero) };
    }
}
