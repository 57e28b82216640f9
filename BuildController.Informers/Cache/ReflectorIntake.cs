using System.Collections.Immutable;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Diagnostics;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Cache;

/// <summary>
/// Makes of what came what is to be kept: transformed once, sure to have a place in the store. What is wrong with one object
/// stops no other. Used by one reflector.
/// </summary>
internal sealed class ReflectorIntake<T>(
    ResourceType<T> type, Func<T, T>? transform, Func<ObjectKey, T?> known, ReflectorHealth health, ReflectorMetrics metrics, ILogger logger)
    where T : class
{
    private ImmutableHashSet<ObjectKey> undecodable = [];

    /// <summary>A whole list begins: what could not be decoded before is judged anew.</summary>
    public void BeginList() => SetUndecodable(ImmutableHashSet<ObjectKey>.Empty);

    /// <summary>
    /// Takes the instance that is in the store already when it is of the same version: a list of what has not changed then
    /// holds nothing twice, and transforms nothing twice.
    /// </summary>
    public T? AdmitListed(T value)
    {
        try
        {
            MetadataView listed = type.Metadata(value);
            if (listed.ResourceVersion.Length > 0 && known(listed.Key) is { } present)
            {
                MetadataView stored = type.Metadata(present);
                if (stored.ResourceVersion == listed.ResourceVersion && stored.Uid == listed.Uid)
                    return present;
            }
        }
#pragma warning disable CA1031
        catch (Exception error)
#pragma warning restore CA1031
        {
            logger.ObjectSkipped(error, type.Resource);
            return null;
        }

        return Admit(value);
    }

    /// <summary>Transforms an object and makes sure that it can be stored; null if it cannot.</summary>
    public T? Admit(T value)
    {
        if (IsOfAnotherKind(value))
            return null;

        if (transform is not null)
        {
            try
            {
                value = transform(value);
            }
#pragma warning disable CA1031 // Whatever a caller's function throws concerns this object alone.
            catch (Exception error)
#pragma warning restore CA1031
            {
                logger.TransformFailed(error, type.Resource);
            }
        }

        if (KeyOf(value) is not { } key)
            return null;

        Forget(key);
        return value;
    }

    /// <summary>Where an object lives; null if that cannot be read.</summary>
    public ObjectKey? KeyOf(T value)
    {
        try
        {
            ObjectKey key = type.KeyOf(value);
            if (!string.IsNullOrEmpty(key.Name))
                return key;

            logger.ObjectSkipped(null, type.Resource);
        }
#pragma warning disable CA1031
        catch (Exception error)
#pragma warning restore CA1031
        {
            logger.ObjectSkipped(error, type.Resource);
        }

        return null;
    }

    /// <summary>
    /// An object could not be decoded. It is there all the same: it must not look deleted.
    /// </summary>
    /// <returns>Its last state that could be decoded, or null if there is none.</returns>
    public T? Salvage(UndecodableObject poisoned)
    {
        logger.ObjectUndecodable(poisoned.Error, type.Resource, poisoned.Key, poisoned.ResourceVersion);
        metrics.Undecodable(type.Resource);
        SetUndecodable(undecodable.Add(poisoned.Key));
        return known(poisoned.Key) is { } present && (poisoned.Uid.Length == 0 || IsSame(present, poisoned.Uid)) ? present : null;
    }

    /// <summary>An object was decoded, or is gone: what could not be decoded of it counts no more.</summary>
    public void Forget(ObjectKey key)
    {
        if (!undecodable.IsEmpty)
            SetUndecodable(undecodable.Remove(key));
    }

    private bool IsSame(T present, string uid)
    {
        string known = type.Metadata(present).Uid;
        return known.Length == 0 || known == uid;
    }

    /// <summary>Only objects that carry their kind can be told apart; lists of built-in kinds leave it out.</summary>
    private bool IsOfAnotherKind(T value)
    {
        if (value is not UnstructuredObject { Kind: { Length: > 0 } kind, ApiVersion: { } apiVersion }
            || (kind == type.Kind && (apiVersion.Length == 0 || apiVersion == type.Resource.ApiVersion)))
        {
            return false;
        }

        logger.ObjectOfAnotherKind(type.Resource, apiVersion, kind, type.Kind);
        return true;
    }

    private void SetUndecodable(ImmutableHashSet<ObjectKey> keys)
    {
        if (ReferenceEquals(keys, undecodable))
            return;

        undecodable = keys;
        health.SetUndecodable(keys);
    }
}
