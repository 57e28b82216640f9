using System.Net;
using BuildController.Host.Configuration;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Configuration;

[TestFixture]
public sealed class SettingKindsTests
{
    [TestCase("0s", 0, "0s")]
    [TestCase("500ms", 500, "500ms")]
    [TestCase("90s", 90_000, "1m30s")]
    [TestCase("1h30m", 5_400_000, "1h30m")]
    [TestCase("1.5s", 1_500, "1s500ms")]
    [TestCase("24h", 86_400_000, "24h")]
    public void Durations_are_read_and_written_as_Kubernetes_does(string text, int milliseconds, string written)
    {
        DurationText.TryParse(text, out TimeSpan value).Should().BeTrue();
        value.Should().Be(TimeSpan.FromMilliseconds(milliseconds));
        DurationText.Write(value).Should().Be(written);
    }

    [TestCase("")]
    [TestCase("5")]
    [TestCase("s")]
    [TestCase("-1s")]
    [TestCase("1 s")]
    [TestCase("1d")]
    [TestCase("00:00:05")]
    [TestCase("99999999999h")]
    [TestCase("999999999h")]
    [TestCase("1s\n")]
    public void What_is_no_duration_is_refused(string text) => DurationText.TryParse(text, out _).Should().BeFalse();

    [TestCase("127.0.0.1:8080", "127.0.0.1", 8080)]
    [TestCase("localhost:0", "127.0.0.1", 0)]
    [TestCase("[::1]:9", "::1", 9)]
    [TestCase("*:8080", null, 8080)]
    [TestCase(":8080", null, 8080)]
    public void Addresses_to_listen_on_are_read(string text, string? address, int port)
    {
        ListenAddress.TryParse(text, out ListenAddress? value).Should().BeTrue();
        value.Should().Be(new ListenAddress(address is null ? null : IPAddress.Parse(address), port));
    }

    [Test]
    public void Off_is_no_address()
    {
        ListenAddress.TryParse("off", out ListenAddress? value).Should().BeTrue();
        value.Should().BeNull();
    }

    [TestCase("8080")]
    [TestCase("host:8080")]
    [TestCase("127.0.0.1:65536")]
    [TestCase("127.0.0.1:-1")]
    [TestCase("")]
    public void What_is_no_address_is_refused(string text) => ListenAddress.TryParse(text, out _).Should().BeFalse();

    [TestCase("quay.io/buildah/stable:latest", true)]
    [TestCase("localhost:5000/a/b@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [TestCase("machine-os-build-controller:latest", true)]
    [TestCase("", false)]
    [TestCase("a b", false)]
    [TestCase("quay.io/Upper/case", false)]
    [TestCase("image: injected\nkind: Pod", false)]
    public void Images_are_told_from_what_is_none(string text, bool isOne) => SettingKinds.Image.TryParse(text, out _).Should().Be(isOne);
}
