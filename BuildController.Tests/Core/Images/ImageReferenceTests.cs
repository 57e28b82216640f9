using BuildController.Core.Images;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Images;

[TestFixture]
public sealed class ImageReferenceTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [TestCase("quay.io/org/os", "quay.io/org/os:tagged")]
    [TestCase("quay.io/org/os:latest", "quay.io/org/os:tagged")]
    [TestCase("registry.local:5000/os", "registry.local:5000/os:tagged")]
    [TestCase("localhost/os", "localhost/os:tagged")]
    [TestCase("registry.example.com/a/b_c/d.e/f--g:v1.2", "registry.example.com/a/b_c/d.e/f--g:tagged")]
    public void A_full_reference_takes_another_tag(string text, string tagged) =>
        ImageReference.Parse(text).WithTag("tagged").ToString().Should().Be(tagged);

    [Test]
    public void The_digest_takes_the_place_of_the_tag() =>
        ImageReference.Parse("quay.io/org/os:latest").WithDigest(Digest).ToString().Should().Be($"quay.io/org/os@{Digest}");

    [TestCase("quay.io/org/os:latest")]
    [TestCase("quay.io/org/os")]
    [TestCase("quay.io/org/os@" + Digest)]
    [TestCase("quay.io/org/os:latest@" + Digest)]
    public void The_text_form_reads_back(string text) => ImageReference.Parse(text).ToString().Should().Be(text);

    [TestCase("")]
    [TestCase("os")]
    [TestCase("org/os")]
    [TestCase("https://quay.io/org/os")]
    [TestCase("quay.io/Org/os")]
    [TestCase("quay.io/org/os latest")]
    [TestCase("quay.io/org/os:")]
    [TestCase("quay.io/org/os:la test")]
    [TestCase("quay.io/org/os@sha256:123")]
    [TestCase("quay.io/org/os\n")]
    [TestCase("quay.io/")]
    [TestCase("/org/os")]
    public void Anything_else_is_refused_by_a_message_that_quotes_it(string text)
    {
        Action parse = () => ImageReference.Parse(text);

        parse.Should().Throw<FormatException>().Which.Message.Should().Contain($"'{text}'");
    }

    [TestCase(Digest, true)]
    [TestCase("sha256:0123", false)]
    [TestCase("sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", false)]
    [TestCase("md5:0123456789abcdef0123456789abcdef", false)]
    [TestCase("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false)]
    public void A_digest_has_a_known_algorithm_and_hex_of_the_right_length(string text, bool isValid) =>
        ImageDigest.IsValid(text).Should().Be(isValid);
}
