using System.Globalization;
using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Control;

namespace BuildController.Tests.Informers.Testing.Simulation;

/// <summary>
/// Gives each claim the lowest free port. Who has which is kept in one ConfigMap, which all that run at once write under its
/// resourceVersion; a finalizer gives the port back.
/// </summary>
internal sealed class ClaimReconciler(IClientset clientset) : IReconciler<ObjectKey>
{
    private const string Finalizer = "example.com/port";

    public static readonly ObjectKey Registry = new("default", "ports");

    /// <summary>Whom a change of the registry concerns.</summary>
    public static IEnumerable<ObjectKey> OwnersIn(ConfigMap map) =>
        map.Metadata.Name == Registry.Name ? map.Data.Values.Select(static owner => new ObjectKey("default", owner)) : [];

    /// <summary>The mistake that a simulation must find: after a conflict it writes what it had decided before, under the new version.</summary>
    public bool ForgetsToReadAgain { get; init; }

    private IResourceClient<Claim> Claims => clientset.Resource(Claim.Resource);

    private IResourceClient<ConfigMap> Maps => clientset.Resource(Resources.ConfigMaps);

    public async ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken cancellationToken)
    {
        Claim? claim = await Claims.FindAsync(context.Key, cancellationToken);
        if (claim is null)
            await FreeAsync(context.Key.Name, cancellationToken);
        else if (claim.IsDeleting)
            await ReleaseAsync(claim, cancellationToken);
        else
            await GrantAsync(claim, cancellationToken);

        return ReconcileResult.Done;
    }

    private async Task GrantAsync(Claim claim, CancellationToken cancellationToken)
    {
        if (!claim.Metadata.Finalizers.Contains(Finalizer))
            claim = await Claims.PatchAsync(KeyOf(claim), Finalizers(claim, Finalizer), cancellationToken);

        int port = await ReserveAsync(claim.Name, cancellationToken);
        if (claim.Status.Port != port)
            await Claims.PatchStatusAsync(KeyOf(claim), Port(claim, port), cancellationToken);
    }

    private async Task ReleaseAsync(Claim claim, CancellationToken cancellationToken)
    {
        if (!claim.Metadata.Finalizers.Contains(Finalizer))
            return;

        if (claim.Status.Port is not null)
            claim = await Claims.PatchStatusAsync(KeyOf(claim), Port(claim, port: null), cancellationToken);

        await FreeAsync(claim.Name, cancellationToken);
        await Claims.PatchAsync(KeyOf(claim), Finalizers(claim), cancellationToken);
    }

    /// <summary>
    /// Also of a claim that is gone already: who stood still between reading the claim and writing the registry has
    /// written for one that was released meanwhile (a simulation found it).
    /// </summary>
    private async Task FreeAsync(string owner, CancellationToken cancellationToken)
    {
        ConfigMap registry = await RegistryAsync(cancellationToken);
        if (PortOf(registry, owner) is { } port)
            await WriteAsync(registry, port, owner: null, cancellationToken);
    }

    private async Task<int> ReserveAsync(string owner, CancellationToken cancellationToken)
    {
        ConfigMap registry = await RegistryAsync(cancellationToken);
        if (PortOf(registry, owner) is { } known)
            return known;

        int free = Enumerable.Range(1, int.MaxValue - 1).First(port => !registry.Data.ContainsKey(Text(port)));
        try
        {
            await WriteAsync(registry, free, owner, cancellationToken);
        }
        catch (ApiException error) when (error.IsConflict && ForgetsToReadAgain)
        {
            registry = await RegistryAsync(cancellationToken);
            await WriteAsync(registry, free, owner, cancellationToken);
        }

        return free;
    }

    private async Task<ConfigMap> RegistryAsync(CancellationToken cancellationToken) =>
        await Maps.FindAsync(Registry, cancellationToken)
        ?? await Maps.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = Registry.Name, Namespace = Registry.Namespace } }, cancellationToken);

    /// <summary>A conflict is thrown, and the whole is decided anew on the next visit.</summary>
    private Task<ConfigMap> WriteAsync(ConfigMap read, int port, string? owner, CancellationToken cancellationToken) => Maps.PatchAsync(
        Registry,
        Patch.Merge(new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = read.Metadata.ResourceVersion },
            ["data"] = new JsonObject { [Text(port)] = owner },
        }),
        cancellationToken);

    private static Patch Finalizers(Claim read, params string[] finalizers) => Patch.Merge(new JsonObject
    {
        ["metadata"] = new JsonObject
        {
            ["resourceVersion"] = read.Metadata.ResourceVersion,
            ["finalizers"] = new JsonArray([.. finalizers.Select(static one => JsonValue.Create(one))]),
        },
    });

    /// <summary>Only if the claim is as it was read: the other process may be releasing it by now (found with the 7,659th seed).</summary>
    private static Patch Port(Claim read, int? port) => Patch.Merge(new JsonObject
    {
        ["metadata"] = new JsonObject { ["resourceVersion"] = read.Metadata.ResourceVersion },
        ["status"] = new JsonObject { ["port"] = port },
    });

    private static int? PortOf(ConfigMap registry, string owner)
    {
        foreach ((string port, string name) in registry.Data)
        {
            if (name == owner)
                return int.Parse(port, CultureInfo.InvariantCulture);
        }

        return null;
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static ObjectKey KeyOf(Claim claim) => new("default", claim.Name);
}
