using BuildController.Informers.LeaderElection;

namespace BuildController.Tests.Informers.Control;

/// <summary>Leads when the test says so.</summary>
internal sealed class FakeLeadership : ILeadership
{
    private TaskCompletionSource<Term> next = new();
    private Term? present;
    private int number;

    public bool IsLeading => present is not null;

    /// <summary>How many take part in the present term.</summary>
    public int Participants { get; private set; }

    public void Begin()
    {
        present = new Term(new FencingToken("ns/lease", "me", ++number));
        next.SetResult(present);
    }

    public void End()
    {
        Term ended = present!;
        present = null;
        next = new TaskCompletionSource<Term>();
        ended.Source.Cancel();
    }

    public async Task<ILeaderTerm> JoinAsync(CancellationToken cancellationToken = default)
    {
        Term term = await next.Task.WaitAsync(cancellationToken);
        Participants++;
        return new Participation(this, term);
    }

    private sealed record Term(FencingToken Token)
    {
        public CancellationTokenSource Source { get; } = new();
    }

    private sealed class Participation(FakeLeadership leadership, Term term) : ILeaderTerm
    {
        public FencingToken Token => term.Token;

        public CancellationToken Ended => term.Source.Token;

        public void Dispose() => leadership.Participants--;
    }
}
