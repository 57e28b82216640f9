using System.Reflection;
using BuildController.Informers.Api;
using k8s;
using k8s.Models;

namespace BuildController.KubernetesClient;

/// <summary>Describes resources by KubernetesClient's classes, so that informers, clients, fakes and controllers take them.</summary>
public static class KubernetesResource
{
    /// <summary>
    /// Describes the resource of a class: one of KubernetesClient's models, such as <see cref="V1Pod"/>, or one of your own with a
    /// <see cref="KubernetesEntityAttribute"/>. Keep the description in a static field: two of them are two caches.
    /// </summary>
    /// <remarks>
    /// Objects are read and written by KubernetesClient's JSON options. <c>managedFields</c> are dropped on reading: they are often the largest part of an
    /// object. The classes can be changed, and must not be: caches share them. They do not keep unknown fields, so change objects by patches; a replace is refused.
    /// </remarks>
    /// <typeparam name="T">The class.</typeparam>
    /// <param name="scope">Whether the objects live in namespaces; the class does not say.</param>
    /// <exception cref="ArgumentException">The class does not say which resource it is.</exception>
    public static ResourceType<T> For<T>(ResourceScope scope)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        KubernetesEntityAttribute? entity = typeof(T).GetCustomAttribute<KubernetesEntityAttribute>();
        if (entity is not { ApiVersion: { Length: > 0 } version, Kind: { Length: > 0 } kind, PluralName: { Length: > 0 } plural })
            throw new ArgumentException($"{typeof(T).Name} does not say which resource it is: give it a [KubernetesEntity] with ApiVersion, Kind and PluralName, or name the resource with For(resource, kind, scope).", nameof(T));

        return For<T>(new GroupVersionResource(entity.Group ?? string.Empty, version, plural), kind, scope);
    }

    /// <summary>Describes a resource whose class does not say which it is.</summary>
    /// <typeparam name="T">The class.</typeparam>
    /// <param name="resource">How URLs name the resource.</param>
    /// <param name="kind">The kind of its objects.</param>
    /// <param name="scope">Whether the objects live in namespaces.</param>
    /// <inheritdoc cref="For{T}(ResourceScope)" path="/remarks"/>
    public static ResourceType<T> For<T>(GroupVersionResource resource, string kind, ResourceScope scope)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        new(resource, kind, scope, new KubernetesObjectCodec<T>(), static value => Metadata.ViewOf(value.Metadata));
}
