using BuildController.Informers.Api;

namespace ClusterTop;

/// <summary>
/// What is kept of a pod: a few words instead of some ten kilobytes. Node, phase and namespace are shared by all pods that have the same. The version is
/// kept as well: by it a relist knows what has not changed.
/// </summary>
internal sealed record PodRow(ObjectKey Key, string Version, string Node, string Phase, int Restarts)
{
    public static ResourceType<PodRow> Type { get; } = ResourceType.Projection(
        new GroupVersionResource(string.Empty, "v1", "pods"),
        "Pod",
        ResourceScope.Namespaced,
        Read,
        static row => new MetadataView { Key = row.Key, ResourceVersion = row.Version });

    private static PodRow Read(ref JsonCursor json)
    {
        ObjectKey key = default;
        string version = string.Empty, node = string.Empty, phase = "Unknown";
        int restarts = 0;
        for (bool any = json.BeginObject(); any && json.NextMember();)
        {
            if (json.Is("metadata"u8))
                (key, version) = ReadMetadata(ref json);
            else if (json.Is("spec"u8))
                node = ReadMember(ref json, "nodeName"u8) ?? node;
            else if (json.Is("status"u8))
                (phase, restarts) = ReadStatus(ref json);
            else
                json.Skip();
        }

        return new PodRow(key, version, node, phase, restarts);
    }

    private static (ObjectKey Key, string Version) ReadMetadata(ref JsonCursor json)
    {
        string name = string.Empty, @namespace = string.Empty, version = string.Empty;
        for (bool any = json.BeginObject(); any && json.NextMember();)
        {
            if (json.Is("name"u8))
                name = json.ReadText() ?? name;
            else if (json.Is("namespace"u8))
                @namespace = json.ReadSharedText() ?? @namespace;
            else if (json.Is("resourceVersion"u8))
                version = json.ReadText() ?? version;
            else
                json.Skip();
        }

        return (new ObjectKey(@namespace, name), version);
    }

    private static (string Phase, int Restarts) ReadStatus(ref JsonCursor json)
    {
        string phase = "Unknown";
        int restarts = 0;
        for (bool any = json.BeginObject(); any && json.NextMember();)
        {
            if (json.Is("phase"u8))
                phase = json.ReadSharedText() ?? phase;
            else if (json.Is("containerStatuses"u8))
                restarts = json.ReadList(ReadRestarts).Sum();
            else
                json.Skip();
        }

        return (phase, restarts);
    }

    private static int ReadRestarts(ref JsonCursor json)
    {
        int restarts = 0;
        for (bool any = json.BeginObject(); any && json.NextMember();)
        {
            if (json.Is("restartCount"u8))
                restarts = json.ReadInt32() ?? 0;
            else
                json.Skip();
        }

        return restarts;
    }

    private static string? ReadMember(ref JsonCursor json, ReadOnlySpan<byte> member)
    {
        string? found = null;
        for (bool any = json.BeginObject(); any && json.NextMember();)
        {
            if (json.Is(member))
                found = json.ReadSharedText();
            else
                json.Skip();
        }

        return found;
    }
}
