using System.Text;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Images;

[TestFixture]
public sealed class PullSecretTests
{
    private const string New = "kubernetes.io/dockerconfigjson";
    private const string Old = "kubernetes.io/dockercfg";
    private const string Registries = """{"registry.example.com":{"auth":"c2VjcmV0"}}""";
    private const string WithAuths = $$"""{"auths":{{Registries}}}""";

    [TestCase(WithAuths)]
    [TestCase("""{"auths":{}}""")]
    public void A_secret_in_the_right_form_is_used_as_it_is(string content) => Canonical(New, ".dockerconfigjson", content).Should().BeNull();

    [TestCase(Old, ".dockercfg", Registries)]
    [TestCase(Old, ".dockercfg", WithAuths)]
    [TestCase(New, ".dockerconfigjson", Registries)]
    public void Another_form_is_copied_into_the_right_one_beside_it(string type, string key, string content)
    {
        CanonicalSecret copy = Canonical(type, key, content)!;

        Secret secret = copy.ToSecret();
        secret.Metadata.Name.Should().Be("pull-canonical");
        secret.Metadata.Namespace.Should().Be("ns");
        secret.Type.Should().Be(New);
        Encoding.UTF8.GetString(secret.Data[".dockerconfigjson"]).Should().Be(WithAuths);
        secret.Metadata.OwnerReferences.Should().ContainSingle().Which.Uid.Should().Be("uid-pull");
        CanonicalSecret.OriginalOf(secret.Metadata).Should().Be("pull");
        copy.IsMadeFromTheSame(secret).Should().BeTrue();
        copy.HasContentOf(secret).Should().BeTrue();
        copy.ToString().Should().NotContain("c2VjcmV0");
    }

    [Test]
    public void A_rotated_original_is_told_from_its_old_copy()
    {
        Secret old = Canonical(Old, ".dockercfg", Registries)!.ToSecret();

        Canonical(Old, ".dockercfg", """{"registry.example.com":{"auth":"bmV3"}}""")!.HasContentOf(old).Should().BeFalse();
    }

    [Test]
    public void A_name_alone_makes_no_copy() =>
        CanonicalSecret.OriginalOf(new ObjectMeta { Name = "pull-canonical" }).Should().BeNull();

    [TestCase("Opaque", ".dockerconfigjson", WithAuths, "is of type 'Opaque'")]
    [TestCase(New, "other", WithAuths, "it has the keys other")]
    [TestCase(New, ".dockerconfigjson", "", "must have a value for the key .dockerconfigjson")]
    [TestCase(New, ".dockerconfigjson", "{\"auths\": c2VjcmV0", "is not JSON")]
    [TestCase(New, ".dockerconfigjson", "[\"c2VjcmV0\"]", "no object")]
    [TestCase(New, ".dockerconfigjson", "{\"auths\":\"c2VjcmV0\"}", "'auths' in its key .dockerconfigjson is no object")]
    [TestCase(New, ".dockerconfigjson", "{\"registry.example.com\":\"c2VjcmV0\"}", "has no object 'auths'")]
    public void What_cannot_be_used_is_told_without_a_word_of_its_content(string type, string key, string content, string expected)
    {
        FormatException error = this.Invoking(_ => Canonical(type, key, content)).Should().Throw<FormatException>().Which;

        error.Message.Should().Contain(expected).And.NotContain("c2VjcmV0");
        error.InnerException.Should().BeNull("a parser quotes what it reads");
    }

    [Test]
    public void A_copy_whose_name_would_be_too_long_is_told() =>
        this.Invoking(static _ => PullSecret.Canonicalise(SecretOf(new string('a', 250), Old, ".dockercfg", Registries))).Should().Throw<FormatException>().WithMessage("*too long*253*");

    private static CanonicalSecret? Canonical(string type, string key, string content) => PullSecret.Canonicalise(SecretOf("pull", type, key, content));

    private static Secret SecretOf(string name, string type, string key, string content) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "ns", Uid = $"uid-{name}" },
        Type = type,
        Data = new Dictionary<string, byte[]> { [key] = Encoding.UTF8.GetBytes(content) },
    };
}
