using BuildController.Informers.Api;

namespace BuildController.Informers.Client;

/// <summary>A request on its way through the interceptors of a clientset.</summary>
public sealed class ClientRequest
{
    /// <summary>What it does.</summary>
    public required RequestVerb Verb { get; init; }

    /// <summary>The resource.</summary>
    public required GroupVersionResource Resource { get; init; }

    /// <summary>For example <c>status</c>, or null for the object itself.</summary>
    public string? Subresource { get; init; }

    /// <summary>
    /// The object; for a list or a watch its name is empty, and so is its namespace where all are meant. The name of an object
    /// to be created is empty where the server is to make one.
    /// </summary>
    public required ObjectKey Key { get; init; }

    /// <summary>The patch; null for other verbs.</summary>
    public Patch? Patch { get; init; }

    /// <summary>The preconditions of a delete; null for none and for other verbs.</summary>
    public DeleteOptions? DeleteOptions { get; init; }

    /// <summary>The version that a replace is conditional on; null for one that is not, and for other verbs.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Whether it may change something.</summary>
    public bool IsWrite => Verb is RequestVerb.Create or RequestVerb.Update or RequestVerb.Patch or RequestVerb.Delete;

    /// <summary>
    /// Whether part of the answer has been handed over already, as the first objects of a list, those that cannot be decoded among
    /// them: then it cannot be sent again without the caller noticing.
    /// </summary>
    public bool HasDelivered { get; internal set; }

    /// <summary>The verb as access rules and metrics name it.</summary>
    internal string VerbName => Verb.Name();

    /// <summary><c>verb plural[/subresource] key</c>.</summary>
    public override string ToString()
    {
        string target = Subresource is null ? Resource.Plural : $"{Resource.Plural}/{Subresource}";
        string key = Key.Name.Length > 0 ? Key.ToString() : Key.Namespace;
        return key.Length > 0 ? $"{VerbName} {target} {key}" : $"{VerbName} {target}";
    }
}
