using BuildController.Informers.Cache;

namespace BuildController.Tests.Informers.Cache;

/// <summary>Writes down what it is told: + added (i: initially), ~ updated, - deleted (?: final state unknown).</summary>
internal sealed class RecordingHandler : IResourceEventHandler<Widget>
{
    public List<string> Told { get; } = [];

    /// <summary>Called before each event is written down.</summary>
    public Action<string>? Before { get; set; }

    public void OnAdded(ObjectAdded<Widget> added) => Tell($"+{(added.IsInitialList ? "i" : "")} {added.Object}");

    public void OnUpdated(ObjectUpdated<Widget> updated) => Tell($"~ {updated.Old}>{updated.New.Version}");

    public void OnDeleted(ObjectDeleted<Widget> deleted) => Tell($"-{(deleted.IsFinalStateUnknown ? "?" : "")} {deleted.LastKnown}");

    public List<string> Take()
    {
        List<string> taken = [.. Told];
        Told.Clear();
        return taken;
    }

    private void Tell(string what)
    {
        Before?.Invoke(what);
        Told.Add(what);
    }
}
