namespace BuildController.Informers.Api;

/// <summary>A <see cref="ResourceType{T}"/> to those who do not care for the type of its objects.</summary>
internal interface INamedResource
{
    GroupVersionResource Resource { get; }
}
