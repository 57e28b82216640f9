using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Rebuild;

[TestFixture]
public sealed class RetryCountTests
{
    [TestCase("0", 0)]
    [TestCase("5", 5)]
    [TestCase("007", 7)]
    [TestCase("999999999", 999_999_999)]
    public void Digits_are_a_count(string text, int expected)
    {
        RetryCount.TryRead(text, out int count).Should().BeTrue();
        count.Should().Be(expected);
        RetryCount.Write(expected).Should().Be($"{expected}");
    }

    [TestCase("")]
    [TestCase(" 1")]
    [TestCase("-1")]
    [TestCase("+1")]
    [TestCase("1e9")]
    [TestCase("1a")]
    [TestCase("abc")]
    [TestCase("٣")]
    [TestCase("1000000000")]
    [TestCase("99999999999999999999")]
    public void Anything_else_is_none(string text) => RetryCount.TryRead(text, out _).Should().BeFalse();

    [TestCase(64, false)]
    [TestCase(65, true)]
    public void A_request_is_known_by_its_value_or_if_it_is_long_by_its_hash(int length, bool isHashed)
    {
        string value = new('v', length);

        string identity = RebuildTrigger.Of(new ObjectMeta { Annotations = new Dictionary<string, string> { [PoolKeys.RebuildImage] = value } })!.Identity;

        identity.Should().Match(text => isHashed ? text.StartsWith("sha256:", StringComparison.Ordinal) && text.Length == 71 : text == value);
    }
}
