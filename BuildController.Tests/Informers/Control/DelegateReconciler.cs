using BuildController.Informers.Control;

namespace BuildController.Tests.Informers.Control;

/// <summary>A reconciler that a test writes in place.</summary>
internal sealed class DelegateReconciler<TKey>(Func<ReconcileContext<TKey>, CancellationToken, ValueTask<ReconcileResult>> reconcile) : IReconciler<TKey>
    where TKey : notnull
{
    public ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<TKey> context, CancellationToken cancellationToken) => reconcile(context, cancellationToken);
}
