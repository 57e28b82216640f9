using BuildController.Informers.Api;

namespace BuildController.Benchmarks.Models;

/// <summary>A pod of which only the metadata is kept.</summary>
internal sealed record PodMetadata(ObjectMeta Metadata)
{
    public static PodMetadata Read(ref JsonCursor json)
    {
        ObjectMeta? metadata = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("metadata"u8))
                    metadata = ObjectMeta.Read(ref json);
                else
                    json.Skip();
            }
        }

        return new PodMetadata(metadata ?? new ObjectMeta());
    }
}
