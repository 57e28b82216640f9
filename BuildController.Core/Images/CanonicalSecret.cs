using BuildController.Core.Model;
using BuildController.Informers.Api;

namespace BuildController.Core.Images;

/// <summary>
/// A secret as builders can mount it, made of one in the old form; it is kept beside the original, follows it, and goes with it.
/// Its text form shows no value.
/// </summary>
internal sealed class CanonicalSecret
{
    /// <summary>Label: a secret was made from another one. Its value is empty.</summary>
    public const string Label = "machineconfiguration.openshift.io/canonicalizedSecret";

    /// <summary>Label or annotation: the name of the secret that it was made from. A label could not hold every name.</summary>
    public const string OriginalName = "machineconfiguration.openshift.io/originalSecretName";

    private const string Suffix = "-canonical";
    private const int LongestName = 253;

    private readonly ObjectMeta original;
    private readonly byte[] content;

    internal CanonicalSecret(ObjectMeta original, byte[] content)
    {
        this.original = original;
        this.content = content;
        if (Name.Length > LongestName)
            throw new FormatException($"is in the old form, and its name is too long for a copy in the new one to be called '{Name}': {LongestName} characters are allowed.");
    }

    /// <summary>Its name.</summary>
    public string Name => original.Name + Suffix;

    /// <summary>The secret that one was made from, or null if it was not made from any.</summary>
    internal static string? OriginalOf(ObjectMeta metadata)
    {
        if (!metadata.Labels.TryGetValue(OriginalName, out string? name) && !metadata.Annotations.TryGetValue(OriginalName, out name))
            return null;

        return metadata.Labels.ContainsKey(Label) && metadata.Name == name + Suffix ? name : null;
    }

    /// <summary>Whether a secret that is there already may be used, and brought up to date, as this one.</summary>
    internal bool IsMadeFromTheSame(Secret present) => OriginalOf(present.Metadata) == original.Name;

    internal bool HasContentOf(Secret present) =>
        present.Type == PullSecret.Type && present.Data.TryGetValue(PullSecret.Key, out byte[]? value) && value.AsSpan().SequenceEqual(content);

    internal Secret ToSecret() => new()
    {
        Metadata = new ObjectMeta
        {
            Name = Name,
            Namespace = original.Namespace,
            Labels = new Dictionary<string, string> { [Label] = string.Empty },
            Annotations = new Dictionary<string, string> { [OriginalName] = original.Name },
            OwnerReferences = [new OwnerReference { ApiVersion = "v1", Kind = "Secret", Name = original.Name, Uid = original.Uid ?? string.Empty }],
        },
        Type = PullSecret.Type,
        Data = new Dictionary<string, byte[]> { [PullSecret.Key] = content },
    };

    /// <summary>The name, never a value.</summary>
    public override string ToString() => $"{Name}, made from {original.Name}";
}
