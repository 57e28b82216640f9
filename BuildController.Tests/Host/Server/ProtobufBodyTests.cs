using System.Text.Json.Nodes;
using BuildController.Host.Server.Protobuf;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

public sealed class ProtobufBodyTests
{
    // What kubectl 1.32 sends for: kubectl create configmap d --from-literal x=y
    private static readonly byte[] KubectlConfigMap = Convert.FromHexString(
        "6b3873000a0f0a027631" + "1209436f6e6669674d6170" + "121b0a110a01641200" + "1a0022002a0032003800" + "420012060a01781201791a002200");

    [Test]
    public void What_kubectl_sends_is_read_as_the_json_of_the_same_object() =>
        ProtobufBody.Read(KubectlConfigMap)!.ToJsonString().Should().Be(
            """{"metadata":{"name":"d","generation":0},"data":{"x":"y"},"apiVersion":"v1","kind":"ConfigMap"}""");

    [Test]
    public void Maps_of_bytes_lists_flags_and_times_are_read()
    {
        byte[] time = [0x08, .. Varint(1_704_067_200), 0x10, .. Varint(5_000)];
        byte[] owner = Field(3, "o"u8.ToArray(), 0x30, 1);
        byte[] metadata = [.. Field(1, "s"u8.ToArray()), .. Field(8, time), .. Field(13, owner), .. Field(14, "f1"u8.ToArray()), .. Field(14, "f2"u8.ToArray())];
        byte[] secret = [.. Field(1, metadata), .. Field(2, [.. Field(1, "k"u8.ToArray()), .. Field(2, [1, 2, 3])])];

        JsonObject read = ProtobufBody.Read(Enveloped("v1", "Secret", secret))!;

        read.ToJsonString().Should().Be(
            """{"metadata":{"name":"s","creationTimestamp":"2024-01-01T00:00:00Z","ownerReferences":[{"name":"o","controller":true}],"finalizers":["f1","f2"]},"data":{"k":"AQID"},"apiVersion":"v1","kind":"Secret"}""");
    }

    [Test]
    public void Micro_times_keep_their_fraction_and_numbers_that_are_zero_stay()
    {
        byte[] time = [0x08, .. Varint(1_704_067_200), 0x10, .. Varint(5_000)];
        byte[] spec = [.. Field(1, "me"u8.ToArray()), .. Field(4, time), 0x28, 0];

        ProtobufBody.Read(Enveloped("coordination.k8s.io/v1", "Lease", Field(2, spec)))!["spec"]!.ToJsonString()
            .Should().Be("""{"holderIdentity":"me","renewTime":"2024-01-01T00:00:00.000005Z","leaseTransitions":0}""");
    }

    [Test]
    public void Kinds_that_are_not_understood_are_told_apart_from_malformed_bodies()
    {
        ProtobufBody.Read(Enveloped("v1", "Pod", [])).Should().BeNull();
        Reading("xxxx"u8.ToArray()).Should().Throw<FormatException>();
    }

    [Test]
    public void A_body_that_is_cut_off_is_malformed()
    {
        Reading(KubectlConfigMap[..8]).Should().Throw<FormatException>();
        Reading(KubectlConfigMap[..^1]).Should().Throw<FormatException>();
    }

    private static Action Reading(byte[] body) => () => ProtobufBody.Read(body);

    private static byte[] Enveloped(string apiVersion, string kind, byte[] raw)
    {
        byte[] type = [.. Field(1, System.Text.Encoding.UTF8.GetBytes(apiVersion)), .. Field(2, System.Text.Encoding.UTF8.GetBytes(kind))];
        return [.. "k8s\0"u8, .. Field(1, type), .. Field(2, raw)];
    }

    private static byte[] Field(int number, byte[] content, params byte[] more) => [(byte)((number << 3) | 2), .. Varint(content.Length), .. content, .. more];

    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
