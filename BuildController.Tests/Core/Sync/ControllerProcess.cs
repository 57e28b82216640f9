using BuildController.Core.Sync;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;

namespace BuildController.Tests.Core.Sync;

/// <summary>
/// A request of the controller on its way: <paramref name="number"/> counts from 1 since the fault was set. Like a
/// <see cref="FakeReactor"/> it may refuse, delay, or pass it on and lose the answer.
/// </summary>
internal delegate Task<FakeResponse> RequestFault(int number, FakeRequest request, Func<Task<FakeResponse>> next);

/// <summary>One process that runs the build controller. It can be stopped in order, or killed: then nothing of it gets through any more.</summary>
internal sealed class ControllerProcess
{
    private readonly BuildWorld world;
    private readonly ImageBuildController controller;
    private readonly Task run;
    private RequestFault? fault;
    private int requests;
    private bool isDead;

    public ControllerProcess(BuildWorld world, FakeClientset clientset, ImageBuildOptions options, OperatorRuntime? runtime = null)
    {
        this.world = world;
        Clientset = clientset;
        clientset.AddReactor(ReactAsync);
        controller = new ImageBuildController(clientset, options, runtime ?? world.World.Runtime);
        run = controller.RunAsync();
    }

    public FakeClientset Clientset { get; }

    public bool IsDead => isDead;

    /// <summary>How many requests were made since the fault was set.</summary>
    public int Requests => requests;

    public void SetFault(RequestFault value)
    {
        requests = 0;
        fault = value;
    }

    /// <summary>Counts requests from now on without harming them.</summary>
    public void Count() => SetFault(static (_, _, next) => next());

    public void Kill() => isDead = true;

    /// <summary>Dies as soon as the n-th request from now on has been applied: its answer is not seen any more.</summary>
    public void KillAfter(int count) => SetFault(async (number, _, next) =>
    {
        FakeResponse response = await next();
        if (number < count)
            return response;

        Kill();
        return await Never();
    });

    public void Stop()
    {
        if (isDead)
            return;

        world.World.Run(async () =>
        {
            await controller.DisposeAsync();
            await run;
        });
        isDead = true;
    }

    private static Task<FakeResponse> Never() => new TaskCompletionSource<FakeResponse>().Task;

    private Task<FakeResponse> ReactAsync(FakeRequest request, Func<Task<FakeResponse>> next, CancellationToken cancellationToken)
    {
        if (isDead)
            return Never();

        return fault is null ? next() : fault(++requests, request, next);
    }
}
