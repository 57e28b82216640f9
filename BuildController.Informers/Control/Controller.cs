using BuildController.Informers.Execution;
using BuildController.Informers.WorkQueue;

namespace BuildController.Informers.Control;

/// <summary>Makes controllers.</summary>
public static class Controller
{
    /// <summary>Makes a controller, which does nothing until it runs.</summary>
    /// <typeparam name="TKey">What names an object.</typeparam>
    /// <param name="queue">
    /// Where its keys come from, filled by event handlers before and while it runs. The controller owns it from now on: it
    /// alone takes from it, and shuts it down when it stops.
    /// </param>
    /// <param name="reconciler">What to do with a key. Called by several workers at once, but never for one key.</param>
    /// <param name="options">How to run.</param>
    /// <param name="runtime">Where to run.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static IController Create<TKey>(IWorkQueue<TKey> queue, IReconciler<TKey> reconciler, ControllerOptions options, OperatorRuntime runtime)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(reconciler);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(runtime);
        options.Validate();
        return new QueueController<TKey>(queue, reconciler, options with { }, runtime);
    }
}
