using System.Text;

namespace BuildController.Host.Server.Discovery;

/// <summary>A protobuf message of strings and messages, which is all that OpenAPI documents need.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<byte> bytes = [];

    public ProtobufMessage Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

    public ProtobufMessage Add(int field, ProtobufMessage value) => Add(field, value.ToArray());

    public byte[] ToArray() => [.. bytes];

    private ProtobufMessage Add(int field, byte[] value)
    {
        const int lengthDelimited = 2;
        AddVarint((field << 3) | lengthDelimited);
        AddVarint(value.Length);
        bytes.AddRange(value);
        return this;
    }

    private void AddVarint(int value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));

        bytes.Add((byte)value);
    }
}
