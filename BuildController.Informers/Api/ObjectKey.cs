using System.Diagnostics.CodeAnalysis;

namespace BuildController.Informers.Api;

/// <summary>
/// Where an object of one resource type lives: its namespace, empty for a cluster-scoped object, and its name.
/// A key is not an identity: an object deleted and created again under one name has the same key and another UID.
/// </summary>
/// <param name="Namespace">The namespace, or the empty string for a cluster-scoped object.</param>
/// <param name="Name">The name, never empty.</param>
public readonly record struct ObjectKey(string Namespace, string Name) : IComparable<ObjectKey>
{
    /// <summary>Makes the key of a cluster-scoped object.</summary>
    public ObjectKey(string name)
        : this(string.Empty, name)
    {
    }

    /// <summary>Whether the key names an object of a namespaced type.</summary>
    public bool IsNamespaced => Namespace.Length > 0;

    /// <summary>Reads <c>name</c> or <c>namespace/name</c>, the form that <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">The text is empty, has an empty part or more than one slash.</exception>
    public static ObjectKey Parse(string text) =>
        TryParse(text, out ObjectKey key)
            ? key
            : throw new FormatException($"'{text}' is no object key: expected 'name' or 'namespace/name'.");

    /// <summary>Reads <c>name</c> or <c>namespace/name</c>; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ObjectKey key)
    {
        key = default;
        if (string.IsNullOrEmpty(text))
            return false;

        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            key = new ObjectKey(text);
            return true;
        }

        if (slash == 0 || slash == text.Length - 1 || text.IndexOf('/', slash + 1) >= 0)
            return false;

        key = new ObjectKey(text[..slash], text[(slash + 1)..]);
        return true;
    }

    /// <summary>Orders by namespace, then by name, by ordinal comparison as an API server lists.</summary>
    public int CompareTo(ObjectKey other)
    {
        int byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    /// <summary><c>namespace/name</c>, or <c>name</c> for a cluster-scoped object.</summary>
    public override string ToString() => IsNamespaced ? $"{Namespace}/{Name}" : Name;

    /// <summary>Orders as <see cref="CompareTo"/> does.</summary>
    public static bool operator <(ObjectKey left, ObjectKey right) => left.CompareTo(right) < 0;

    /// <summary>Orders as <see cref="CompareTo"/> does.</summary>
    public static bool operator >(ObjectKey left, ObjectKey right) => left.CompareTo(right) > 0;

    /// <summary>Orders as <see cref="CompareTo"/> does.</summary>
    public static bool operator <=(ObjectKey left, ObjectKey right) => left.CompareTo(right) <= 0;

    /// <summary>Orders as <see cref="CompareTo"/> does.</summary>
    public static bool operator >=(ObjectKey left, ObjectKey right) => left.CompareTo(right) >= 0;
}
