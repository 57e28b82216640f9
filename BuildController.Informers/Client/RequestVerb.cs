namespace BuildController.Informers.Client;

/// <summary>What a request does.</summary>
public enum RequestVerb
{
    /// <summary>Reads one object.</summary>
    Get,

    /// <summary>Reads a page of objects, or all.</summary>
    List,

    /// <summary>Opens a watch.</summary>
    Watch,

    /// <summary>Creates an object.</summary>
    Create,

    /// <summary>Replaces an object.</summary>
    Update,

    /// <summary>Changes an object by a patch.</summary>
    Patch,

    /// <summary>Asks an object to go.</summary>
    Delete,
}
