using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Tests.Core.Sync;

/// <summary>Notes in what form objects are asked for, which the API call alone does not tell: whole, or their metadata only.</summary>
internal sealed class SpyClientset(IClientset inner) : IClientset
{
    private readonly List<Use> uses = [];

    /// <summary>What was asked for so far.</summary>
    public IReadOnlyList<Use> Uses => uses;

    public IResourceClient<T> Resource<T>(ResourceType<T> type)
        where T : class
    {
        IResourceClient<T> proxy = DispatchProxy.Create<IResourceClient<T>, Proxy>();
        ((Proxy)(object)proxy).Spy(inner.Resource(type), method => uses.Add(new Use(method, type.Resource.Plural, typeof(T))));
        return proxy;
    }

    /// <param name="Method">The client's method.</param>
    /// <param name="Plural">The resource.</param>
    /// <param name="Form">What objects are read as.</param>
    public sealed record Use(string Method, string Plural, Type Form);

    /// <summary>The runtime derives from it.</summary>
    [SuppressMessage("Performance", "CA1852", Justification = "DispatchProxy derives from it.")]
    public class Proxy : DispatchProxy
    {
        private object? target;
        private Action<string>? note;

        internal void Spy(object client, Action<string> noted) => (target, note) = (client, noted);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            note!(targetMethod!.Name);
            return targetMethod.Invoke(target, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);
        }
    }
}
