namespace BuildController.Informers.Api;

/// <summary>
/// An object that carries its whole <see cref="ObjectMeta"/>. Types need not implement it to be used with informers and
/// clients; those that do need to tell <see cref="ResourceType{T}"/> less.
/// </summary>
public interface IKubernetesObject
{
    /// <summary>The object's metadata, never null.</summary>
    ObjectMeta Metadata { get; }
}
