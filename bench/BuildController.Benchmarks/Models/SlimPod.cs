using BuildController.Informers.Api;

namespace BuildController.Benchmarks.Models;

/// <summary>What many controllers look at: the name, the namespace, the labels and the phase; and the version, to know a change.</summary>
internal sealed record SlimPod(ObjectKey Key, string ResourceVersion, string Uid, IReadOnlyDictionary<string, string> Labels, string? Phase)
{
    public static SlimPod Read(ref JsonCursor json)
    {
        string? phase = null;
        SlimPod metadata = Empty;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("metadata"u8))
                    metadata = ReadMetadata(ref json);
                else if (json.Is("status"u8))
                    phase = ReadPhase(ref json);
                else
                    json.Skip();
            }
        }

        return metadata with { Phase = phase };
    }

    private static readonly SlimPod Empty = new(new ObjectKey(string.Empty), string.Empty, string.Empty, new Dictionary<string, string>(0), null);

    private static SlimPod ReadMetadata(ref JsonCursor json)
    {
        string? name = null, @namespace = null, version = null, uid = null;
        IReadOnlyDictionary<string, string> labels = Empty.Labels;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("name"u8))
                    name = json.ReadText();
                else if (json.Is("namespace"u8))
                    @namespace = json.ReadSharedText();
                else if (json.Is("uid"u8))
                    uid = json.ReadText();
                else if (json.Is("resourceVersion"u8))
                    version = json.ReadText();
                else if (json.Is("labels"u8))
                    labels = json.ReadSharedTextMap();
                else
                    json.Skip();
            }
        }

        return new SlimPod(new ObjectKey(@namespace ?? string.Empty, name ?? string.Empty), version ?? string.Empty, uid ?? string.Empty, labels, null);
    }

    private static string? ReadPhase(ref JsonCursor json)
    {
        string? phase = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("phase"u8))
                    phase = json.ReadSharedText();
                else
                    json.Skip();
            }
        }

        return phase;
    }
}
