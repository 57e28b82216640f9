using BuildController.Informers.Api;
using static BuildController.Benchmarks.Models.PodReader;
using static BuildController.Benchmarks.Models.ContainerReader;

namespace BuildController.Benchmarks.Models;

/// <summary>Reads volumes.</summary>
internal static class VolumeReader
{
    public static Volume ReadVolume(ref JsonCursor json)
    {
        string? name = null;
        ConfigMapSource? configMap = null;
        ProjectedSource? projected = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("name"u8))
                    name = json.ReadSharedText();
                else if (json.Is("configMap"u8))
                    configMap = ReadConfigMapSource(ref json);
                else if (json.Is("projected"u8))
                    projected = json.ReadShared<ProjectedSource>(ReadProjectedSource);
                else
                    json.Skip();
            }
        }

        return new Volume(name, configMap, projected);
    }

    public static ConfigMapSource ReadConfigMapSource(ref JsonCursor json)
    {
        string? name = null;
        int? defaultMode = null;
        IReadOnlyList<KeyToPath> items = [];
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("name"u8))
                    name = json.ReadSharedText();
                else if (json.Is("defaultMode"u8))
                    defaultMode = json.ReadInt32();
                else if (json.Is("items"u8))
                    items = json.ReadList<KeyToPath>(ReadKeyToPath);
                else
                    json.Skip();
            }
        }

        return new ConfigMapSource(name, defaultMode, items);
    }

    public static KeyToPath ReadKeyToPath(ref JsonCursor json)
    {
        string? key = null;
        string? path = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("key"u8))
                    key = json.ReadSharedText();
                else if (json.Is("path"u8))
                    path = json.ReadSharedText();
                else
                    json.Skip();
            }
        }

        return new KeyToPath(key, path);
    }

    public static ProjectedSource ReadProjectedSource(ref JsonCursor json)
    {
        IReadOnlyList<ProjectedItem> sources = [];
        int? defaultMode = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("sources"u8))
                    sources = json.ReadList<ProjectedItem>(ReadProjectedItem);
                else if (json.Is("defaultMode"u8))
                    defaultMode = json.ReadInt32();
                else
                    json.Skip();
            }
        }

        return new ProjectedSource(sources, defaultMode);
    }

    public static ProjectedItem ReadProjectedItem(ref JsonCursor json)
    {
        TokenSource? serviceAccountToken = null;
        ConfigMapSource? configMap = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("serviceAccountToken"u8))
                    serviceAccountToken = ReadTokenSource(ref json);
                else if (json.Is("configMap"u8))
                    configMap = ReadConfigMapSource(ref json);
                else
                    json.Skip();
            }
        }

        return new ProjectedItem(serviceAccountToken, configMap);
    }

    public static TokenSource ReadTokenSource(ref JsonCursor json)
    {
        long? expirationSeconds = null;
        string? path = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("expirationSeconds"u8))
                    expirationSeconds = json.ReadInt64();
                else if (json.Is("path"u8))
                    path = json.ReadSharedText();
                else
                    json.Skip();
            }
        }

        return new TokenSource(expirationSeconds, path);
    }
}
