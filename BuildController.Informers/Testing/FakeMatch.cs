namespace BuildController.Informers.Testing;

/// <summary>Which calls are meant, by client-go's rules: a resource covers its subresources, and a star everything.</summary>
internal sealed class FakeMatch
{
    private const string Any = "*";

    private static readonly string[] Verbs = ["get", "list", "watch", "create", "update", "patch", "delete"];

    private readonly string verb;
    private readonly string plural;
    private readonly string? subresource;
    private readonly string name;

    public FakeMatch(string verb, string resource, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(verb);
        ArgumentException.ThrowIfNullOrEmpty(resource);
        ArgumentException.ThrowIfNullOrEmpty(name);

        // A verb that never comes would match nothing, in silence.
        if (verb != Any && !Verbs.Contains(verb))
            throw new ArgumentException($"'{verb}' is no verb: it is one of {string.Join(", ", Verbs)}, or * for any.", nameof(verb));

        string[] parts = resource.Split('/', 2);
        (this.verb, plural, subresource, this.name) = (verb, parts[0], parts.ElementAtOrDefault(1), name);
    }

    public bool Covers(FakeRequest request) =>
        (verb == Any || verb == request.Verb)
        && (plural == Any || plural == request.Resource.Plural || plural == request.Resource.QualifiedName)
        && (subresource is null || (subresource == Any ? request.Subresource is not null : subresource == request.Subresource))
        && (name == Any || name == request.Key.Name || name == request.Key.ToString());
}
