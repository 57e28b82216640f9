using System.Collections;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing;

/// <summary>Calls to a <see cref="FakeClientset"/>, in order: a copy, which does not change.</summary>
public sealed class FakeActions : IReadOnlyList<FakeRequest>
{
    private readonly FakeRequest[] requests;

    internal FakeActions(IEnumerable<FakeRequest> requests) => this.requests = [.. requests];

    /// <inheritdoc/>
    public int Count => requests.Length;

    /// <summary>The calls as text, each as <see cref="FakeRequest.ToString"/> has it: what a test compares to see them in order.</summary>
    public IReadOnlyList<string> Lines => [.. requests.Select(static request => request.ToString())];

    /// <summary>Those that may change something.</summary>
    public FakeActions Writes => new(requests.Where(static request => request.IsWrite));

    /// <inheritdoc/>
    public FakeRequest this[int index] => requests[index];

    /// <summary>Those of a verb and a resource.</summary>
    /// <inheritdoc cref="FakeClientset.On(string, string, string)" path="/param"/>
    /// <exception cref="ArgumentException">There is no such verb.</exception>
    public FakeActions Of(string verb, string resource, string name = "*") => new(requests.Where(new FakeMatch(verb, resource, name).Covers));

    /// <summary>Those of a verb and a resource of this group and version.</summary>
    /// <inheritdoc cref="FakeClientset.On{T}(string, ResourceType{T}, string)" path="/param"/>
    /// <exception cref="ArgumentException">There is no such verb.</exception>
    public FakeActions Of<T>(string verb, ResourceType<T> type, string name = "*")
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        return new(requests.Where(request => request.Resource == type.Resource).Where(new FakeMatch(verb, "*", name).Covers));
    }

    /// <inheritdoc/>
    public IEnumerator<FakeRequest> GetEnumerator() => ((IEnumerable<FakeRequest>)requests).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => requests.GetEnumerator();
}
