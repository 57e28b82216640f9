namespace BuildController.Informers.Execution;

/// <summary>Keeps awaits on their scheduler where the base library would leave it.</summary>
internal static class TaskExtensions
{
    /// <summary>
    /// A task that completes on the scheduler it was asked for on. Task.WhenAll and Task.WaitAsync would complete on the
    /// thread pool when what they wait for is a completion source that runs its continuations asynchronously.
    /// </summary>
    public static async Task OnThisScheduler(this Task task) => await task;
}
