using BuildController.Informers.Api;

namespace BuildController.Tests.Informers.Api;

/// <summary>An object with a member of every sort that a cursor reads.</summary>
internal sealed record Sample
{
    public string? Text { get; init; }

    public string? Shared { get; init; }

    public long? Number { get; init; }

    public bool? Flag { get; init; }

    public DateTimeOffset? Time { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Texts { get; init; } = [];

    public Sample? Child { get; init; }
}

internal static class Samples
{
    public static readonly ResourceType<Sample> Type = ResourceType.Projection<Sample>(
        new GroupVersionResource(string.Empty, "v1", "samples"), "Sample", ResourceScope.Namespaced, Read,
        static sample => new MetadataView { Key = new ObjectKey(sample.Text ?? string.Empty) });

    private static Sample Read(ref JsonCursor json)
    {
        var sample = new Sample();
        return json.BeginObject() ? ReadMembers(sample, ref json) : throw new System.Text.Json.JsonException("Expected a sample, found null.");
    }

    private static Sample? ReadChild(ref JsonCursor json) => json.BeginObject() ? ReadMembers(new Sample(), ref json) : null;

    private static Sample ReadMembers(Sample sample, ref JsonCursor json)
    {
        while (json.NextMember())
        {
            if (json.Is("text"u8))
                sample = sample with { Text = json.ReadText() };
            else if (json.Is("shared"u8))
                sample = sample with { Shared = json.ReadSharedText() };
            else if (json.Is("number"u8))
                sample = sample with { Number = json.ReadInt64() };
            else if (json.Is("flag"u8))
                sample = sample with { Flag = json.ReadBoolean() };
            else if (json.Is("time"u8))
                sample = sample with { Time = json.ReadTime() };
            else if (json.Is("labels"u8))
                sample = sample with { Labels = json.ReadTextMap() };
            else if (json.Is("texts"u8))
                sample = sample with { Texts = json.ReadTexts() };
            else if (json.Is("child"u8))
                sample = sample with { Child = json.ReadShared<Sample?>(ReadChild) };
            else
                json.Skip();
        }

        return sample;
    }
}
