using System.Text.RegularExpressions;

namespace BuildController.Core.Images;

/// <summary>
/// A fully qualified image reference: registry host, repository path, and a tag, a digest, both or neither. Accepted are
/// only references that are written in full, so that what is recorded is what was configured.
/// </summary>
internal sealed partial record ImageReference
{
    private const string Shape = "expected host[:port]/path[:tag], all of it written out, the path in lower case";

    private ImageReference(string repository, string? tag, string? digest)
    {
        Repository = repository;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>Host and path, without tag and digest.</summary>
    public string Repository { get; }

    /// <summary>The tag, or null.</summary>
    public string? Tag { get; }

    /// <summary>The digest, <c>algorithm:hex</c>, or null.</summary>
    public string? Digest { get; }

    /// <summary>Reads a reference.</summary>
    /// <exception cref="FormatException">The text is no fully qualified reference; the message quotes it and says what is expected.</exception>
    public static ImageReference Parse(string text)
    {
        Match match = Pattern().Match(text);
        if (!match.Success || !IsHost(match.Groups["host"].Value))
            throw new FormatException($"'{text}' is no fully qualified image reference: {Shape}.");

        string? digest = match.Groups["digest"] is { Success: true } group ? group.Value : null;
        if (digest is not null && !ImageDigest.IsValid(digest))
            throw new FormatException($"'{text}' has a malformed digest: expected algorithm:hex, for example sha256: and 64 hex digits.");

        string repository = $"{match.Groups["host"].Value}/{match.Groups["path"].Value}";
        return new ImageReference(repository, match.Groups["tag"] is { Success: true } tag ? tag.Value : null, digest);
    }

    /// <summary>The same repository with this tag and no digest.</summary>
    /// <exception cref="FormatException">The tag is longer than 128 characters or has characters that a tag may not have.</exception>
    public ImageReference WithTag(string tag) => TagPattern().IsMatch(tag)
        ? new ImageReference(Repository, tag, digest: null)
        : throw new FormatException($"'{tag}' is no image tag: letters, digits, '_', '.' and '-', at most 128 of them, not starting with '.' or '-'.");

    /// <summary>The same repository with this digest and no tag.</summary>
    public ImageReference WithDigest(string digest) => ImageDigest.IsValid(digest)
        ? new ImageReference(Repository, tag: null, digest)
        : throw new FormatException($"'{digest}' is no image digest: expected algorithm:hex, for example sha256: and 64 hex digits.");

    /// <summary>The reference as it is written in a pull or push.</summary>
    public override string ToString() => Repository + (Tag is null ? string.Empty : $":{Tag}") + (Digest is null ? string.Empty : $"@{Digest}");

    /// <summary>A host is told from a first path component as container tools do: by a dot, a port, or being localhost.</summary>
    private static bool IsHost(string host) => host.Contains('.', StringComparison.Ordinal) || host.Contains(':', StringComparison.Ordinal) || host == "localhost";

    [GeneratedRegex(@"^(?<host>[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?)/(?<path>[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*)(:(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(@(?<digest>.+))?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TagPattern();
}
