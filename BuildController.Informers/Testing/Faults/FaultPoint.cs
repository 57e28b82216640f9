namespace BuildController.Informers.Testing.Faults;

/// <summary>A place where something can go wrong: one request of one client.</summary>
/// <param name="Client">Whose request.</param>
/// <param name="Number">The client's requests are counted from 1.</param>
/// <param name="Request">The request, as <see cref="FakeRequest.ToString"/> has it.</param>
/// <param name="Verb">Its verb.</param>
public readonly record struct FaultPoint(string Client, int Number, string Request, string Verb)
{
    /// <summary><c>client#number request</c>.</summary>
    public override string ToString() => $"{Client}#{Number} {Request}";
}
