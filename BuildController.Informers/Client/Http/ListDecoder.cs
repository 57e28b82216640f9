using System.Text.Json;
using BuildController.Informers.Api;

namespace BuildController.Informers.Client.Http;

/// <summary>
/// Decodes a list from bytes that arrive in pieces, item by item, whatever order its members come in.
/// </summary>
/// <remarks>
/// It walks the list's own few members by hand, finds where each item ends with <see cref="JsonValueScanner"/> and gives
/// the codec that item as one span. So an item is parsed once, whole, by the fastest way that System.Text.Json has (it would
/// scan ahead a second time were it handed a reader over more than the item), and a member that nobody knows
/// is passed over without being kept, however large.
/// </remarks>
internal sealed class ListDecoder<T>(ResourceType<T> type, Action<T> visit, Func<string, Exception?, ApiException> malformed, Action<UndecodableObject>? undecodable = null)
    where T : class
{
    private enum Step
    {
        Open,
        FirstName,
        Name,
        Colon,
        Value,
        Skip,
        AfterMember,
        FirstItem,
        Item,
        AfterItem,
        End,
    }

    private enum Member
    {
        Other,
        Kind,
        Metadata,
        Items,
    }

    private JsonValueScanner scanner;
    private Step step;
    private Member member;
    private bool hasItems;
    private ListMetadata metadata = new();

    /// <summary>Takes what it can from the bytes not taken before.</summary>
    /// <returns>How many bytes it took; the rest must be passed again, with more behind it.</returns>
    public int Consume(ReadOnlySpan<byte> data)
    {
        int at = 0;
        while (true)
        {
            if (step != Step.Skip)
                at = SkipWhiteSpace(data, at);

            if (at >= data.Length || !Advance(data, ref at))
                return at;
        }
    }

    /// <summary>Says that no more bytes come.</summary>
    /// <returns>What the list says of itself; null if it is not whole.</returns>
    public ListMetadata? Complete()
    {
        if (step != Step.End)
            return null;

        return hasItems ? metadata : throw malformed("the list has no items member", null);
    }

    /// <summary>Makes one step; false if it needs more bytes.</summary>
    private bool Advance(ReadOnlySpan<byte> data, ref int at)
    {
        byte next = data[at];
        switch (step)
        {
            case Step.Open:
                Expect(next == '{', "a list must be a JSON object");
                (step, at) = (Step.FirstName, at + 1);
                return true;

            case Step.FirstName when next == '}':
                (step, at) = (Step.End, at + 1);
                return true;

            case Step.FirstName or Step.Name:
                Expect(next == '"', "a member's name is missing");
                if (!TryTake(data, ref at, out ReadOnlySpan<byte> name))
                    return false;

                (step, member) = (Step.Colon, MemberOf(name));
                return true;

            case Step.Colon:
                Expect(next == ':', "a colon is missing");
                (step, at) = (Step.Value, at + 1);
                return true;

            case Step.Value when member == Member.Items && next == '[':
                (step, at, hasItems) = (Step.FirstItem, at + 1, true);
                return true;

            case Step.Value when member == Member.Other:
                Expect(next is not ((byte)',' or (byte)'}' or (byte)']'), "a member's value is missing");
                step = Step.Skip;
                return true;

            case Step.Value:
                if (!TryTake(data, ref at, out ReadOnlySpan<byte> value))
                    return false;

                Keep(value);
                step = Step.AfterMember;
                return true;

            case Step.Skip:
                int length = scanner.Find(data[at..]);
                if (length < 0)
                {
                    scanner.Discard();
                    at = data.Length;
                    return false;
                }

                (step, at) = (Step.AfterMember, at + length);
                return true;

            case Step.AfterMember:
                Expect(next is (byte)',' or (byte)'}', "a comma is missing");
                (step, at) = (next == ',' ? Step.Name : Step.End, at + 1);
                return true;

            case Step.FirstItem when next == ']':
                (step, at) = (Step.AfterMember, at + 1);
                return true;

            case Step.FirstItem or Step.Item:
                Expect(next == '{', "an item must be a JSON object");
                if (!TryTake(data, ref at, out ReadOnlySpan<byte> item))
                    return false;

                if (Decode(item) is { } decoded)
                    visit(decoded);

                step = Step.AfterItem;
                return true;

            case Step.AfterItem:
                Expect(next is (byte)',' or (byte)']', "a comma is missing between items");
                (step, at) = (next == ',' ? Step.Item : Step.AfterMember, at + 1);
                return true;

            default:
                throw malformed("something follows the list", null);
        }
    }

    private bool TryTake(ReadOnlySpan<byte> data, ref int at, out ReadOnlySpan<byte> value)
    {
        int length = scanner.Find(data[at..]);
        value = length < 0 ? default : data.Slice(at, length);
        at += value.Length;
        return length >= 0;
    }

    private void Keep(ReadOnlySpan<byte> value)
    {
        try
        {
            var reader = new Utf8JsonReader(value);
            reader.Read();
            switch (member)
            {
                case Member.Kind:
                    ExpectList(reader.GetString());
                    break;
                case Member.Metadata:
                    metadata = JsonSerializer.Deserialize(value, ApiJsonContext.Default.ListMetadata) ?? metadata;
                    break;
                case Member.Items:
                    Expect(reader.TokenType == JsonTokenType.Null, "items must be an array");
                    hasItems = true;
                    break;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw malformed(error.Message, error);
        }

        // Servers write an empty token on the last page.
        if (metadata.Continue is { Length: 0 })
            metadata = metadata with { Continue = null };
    }

    /// <summary>An answer of another kind has no items either: read as an empty list, it would empty every cache.</summary>
    private void ExpectList(string? kind)
    {
        if (kind == "Table")
            throw malformed("the server answered with a Table, which is made for terminals and does not hold the objects", null);

        Expect(kind is null || kind.EndsWith("List", StringComparison.Ordinal), $"the answer is a {kind}, not a list");
    }

    /// <returns>Null for an item that was reported as undecodable.</returns>
    private T? Decode(ReadOnlySpan<byte> item)
    {
        try
        {
            return type.Read(item);
        }
        catch (Exception error) // Codecs are anyone's code, and callers catch one family.
        {
            ApiException explained = malformed($"an item is no {type.Kind}: {error.Message}", error);
            if (undecodable is null || UndecodableObject.Find(item.ToArray(), explained) is not { } found)
                throw explained;

            undecodable(found);
            return null;
        }
    }

    private Member MemberOf(ReadOnlySpan<byte> name)
    {
        try
        {
            var reader = new Utf8JsonReader(name);
            reader.Read();
            return reader.ValueTextEquals("items"u8) ? Member.Items
                : reader.ValueTextEquals("metadata"u8) ? Member.Metadata
                : reader.ValueTextEquals("kind"u8) ? Member.Kind
                : Member.Other;
        }
        catch (JsonException error)
        {
            throw malformed(error.Message, error);
        }
    }

    private void Expect(bool condition, string otherwise)
    {
        if (!condition)
            throw malformed(otherwise, null);
    }

    private static int SkipWhiteSpace(ReadOnlySpan<byte> data, int at)
    {
        while (at < data.Length && data[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            at++;

        return at;
    }
}
