using System.Text.Json.Nodes;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Core.Sync;

/// <summary>
/// Creates what an attempt needs, and then its build object. What is there already and of the attempt was created by ourselves, perhaps by
/// a call whose answer was lost.
/// </summary>
internal sealed class BuildStarter(IClientset clientset, ApiPipeline pipeline, ImageBuildOptions options)
{
    /// <summary>Whose an object of a name is that an attempt needs.</summary>
    private enum Owner
    {
        /// <summary>It was created just now.</summary>
        Us,

        /// <summary>It was there, and is of this attempt.</summary>
        UsBefore,

        /// <summary>It is of another attempt for this pool: a leftover that goes first.</summary>
        AnotherAttempt,

        /// <summary>It is somebody else's.</summary>
        Others,
    }

    /// <returns>The names that objects of somebody else have; empty if the build was started, or has to wait for a leftover.</returns>
    public async Task<IReadOnlyList<string>> StartAsync(MachineConfigPool pool, Plan.StartBuild start, CancellationToken cancellationToken)
    {
        var objects = new BuildObjects(options.Namespace, pool.Metadata.Name, pool.Metadata.Uid ?? string.Empty, start.Attempt, start.Inputs);
        var taken = new List<string>();
        bool isLeftover = false;

        // A build pod would write over a digest ConfigMap that is there already.
        var digest = new ObjectKey(options.Namespace, ObjectNames.Digest(start.Attempt.Config));
        if (start.Attempt.Builder == ImageBuilderType.CustomPodBuilder && await FindAsync(Resources.ConfigMaps, digest, cancellationToken) is { } present)
            Note(Resources.ConfigMaps, digest, OwnerOf(present.Metadata, objects));

        foreach (CanonicalSecret secret in start.Inputs.CanonicalSecrets)
        {
            if (!await EnsureAsync(secret, cancellationToken))
                taken.Add($"{Resources.Secrets.Kind} {new ObjectKey(options.Namespace, secret.Name)}");
        }

        foreach (ConfigMap map in (ConfigMap[])[objects.MachineConfig(), objects.RenderedContainerfile()])
        {
            (Owner owner, ConfigMap? before) = await CreateAsync(Resources.ConfigMaps, map, objects, cancellationToken);
            Note(Resources.ConfigMaps, Resources.ConfigMaps.KeyOf(map), owner);
            if (owner == Owner.UsBefore)
                await RefreshAsync(before!, map, cancellationToken);
        }

        if (taken.Count > 0 || isLeftover)
            return taken;

        if (start.Attempt.Builder == ImageBuilderType.CustomPodBuilder)
            await CreateBuildAsync(Resources.Pods, CustomPodBuilder.Pod(objects, options.BuilderImage));
        else
            await CreateBuildAsync(Resources.Builds, OpenShiftImageBuilder.Build(objects));

        return taken;

        async Task CreateBuildAsync<T>(ResourceType<T> type, T build)
            where T : class, IKubernetesObject
        {
            (Owner owner, _) = await CreateAsync(type, build, objects, cancellationToken);
            Note(type, type.KeyOf(build), owner);
        }

        void Note<T>(ResourceType<T> type, ObjectKey key, Owner owner)
            where T : class
        {
            isLeftover |= owner == Owner.AnotherAttempt;
            if (owner == Owner.Others)
                taken.Add($"{type.Kind} {key}");
        }
    }

    private async Task<(Owner Owner, T? Before)> CreateAsync<T>(ResourceType<T> type, T value, BuildObjects objects, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        try
        {
            await pipeline.ExecuteAsync(token => clientset.Resource(type).CreateAsync(value, token), cancellationToken);
            return (Owner.Us, null);
        }
        catch (ApiException error) when (error.IsAlreadyExists)
        {
            T? present = await FindAsync(type, type.KeyOf(value), cancellationToken);
            if (present is null)
                throw; // It went in between: come back and create it then.

            return (OwnerOf(present.Metadata, objects), present);
        }
    }

    private static Owner OwnerOf(ObjectMeta metadata, BuildObjects objects)
    {
        if (!BuildLabels.AreOurs(metadata.Labels) || metadata.Labels[BuildLabels.TargetPool] != objects.Pool)
            return Owner.Others;

        return OwnedObjects.AreOf(objects.Attempt, metadata) ? Owner.UsBefore : Owner.AnotherAttempt;
    }

    /// <summary>The inputs may have changed since an earlier try of this attempt wrote the ConfigMap; one build is made of one state of them.</summary>
    private Task<ConfigMap> RefreshAsync(ConfigMap present, ConfigMap wanted, CancellationToken cancellationToken)
    {
        Patch body = Patch.Merge(new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = present.Metadata.Uid },
            ["data"] = JsonMembers.Of(wanted.Data.Select(static item => KeyValuePair.Create<string, string?>(item.Key, item.Value))),
        });
        return pipeline.ExecuteAsync(
            token => clientset.Resource(Resources.ConfigMaps).PatchAsync(Resources.ConfigMaps.KeyOf(present), body, token), cancellationToken);
    }

    /// <summary>Several pools may want the same copy at once: whoever comes second finds it made, and whoever finds it out of date mends it.</summary>
    /// <returns>False if a secret of that name is somebody else's, with other content.</returns>
    private async Task<bool> EnsureAsync(CanonicalSecret wanted, CancellationToken cancellationToken)
    {
        Secret secret = wanted.ToSecret();
        ObjectKey key = Resources.Secrets.KeyOf(secret);
        Secret? present = await FindAsync(Resources.Secrets, key, cancellationToken);
        if (present is null)
        {
            try
            {
                await pipeline.ExecuteAsync(token => clientset.Resource(Resources.Secrets).CreateAsync(secret, token), cancellationToken);
                return true;
            }
            catch (ApiException error) when (error.IsAlreadyExists)
            {
                present = await FindAsync(Resources.Secrets, key, cancellationToken);
                if (present is null)
                    throw;
            }
        }

        if (wanted.HasContentOf(present))
            return true;

        if (!wanted.IsMadeFromTheSame(present))
            return false;

        Patch body = Patch.Merge(new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = present.Metadata.Uid, ["resourceVersion"] = present.Metadata.ResourceVersion },
            ["data"] = new JsonObject { [PullSecret.Key] = Convert.ToBase64String(secret.Data[PullSecret.Key]) },
        });
        await pipeline.ExecuteAsync(token => clientset.Resource(Resources.Secrets).PatchAsync(key, body, token), cancellationToken);
        return true;
    }

    private Task<T?> FindAsync<T>(ResourceType<T> type, ObjectKey key, CancellationToken cancellationToken)
        where T : class =>
        pipeline.ExecuteAsync(token => clientset.Resource(type).FindAsync(key, token), cancellationToken);
}
