namespace BuildController.Informers.Client.Configuration;

/// <summary>
/// A command that prints an ExecCredential with a token or a client certificate. It is run when credentials are first
/// needed, when they have expired and when the server refuses them; never for two requests at once.
/// </summary>
public sealed record ExecCredentialPlugin
{
    /// <summary>The form that the command speaks: <c>client.authentication.k8s.io/v1</c> or <c>…/v1beta1</c>.</summary>
    public string ApiVersion { get; init; } = "client.authentication.k8s.io/v1";

    /// <summary>The command: a path, or a name to be found on the PATH.</summary>
    public required string Command { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables to set for it, over those that this process has.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(0);

    /// <summary>What to tell people when the command is not there; null for nothing.</summary>
    public string? InstallHint { get; init; }

    /// <summary>Whether the command is told which cluster it is for. The default is false.</summary>
    public bool ProvideClusterInfo { get; init; }

    /// <summary>How long it may take. The default is one minute.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);
}
