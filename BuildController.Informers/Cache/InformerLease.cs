namespace BuildController.Informers.Cache;

/// <summary>Gives its share back once.</summary>
internal sealed class InformerLease<T>(ISharedInformer<T> informer, Func<Task> release) : IInformerLease<T>
    where T : class
{
    private readonly Lock gate = new();
    private Task? released;

    public ISharedInformer<T> Informer => informer;

    public async ValueTask DisposeAsync()
    {
        Task releasing;
        lock (gate)
            releasing = released ??= release();

        await releasing;
    }
}
