using BuildController.Informers.Api;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Api;

[TestFixture]
public sealed class LabelSelectorTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["app"] = "web", ["tier"] = "front", ["empty"] = "" };

    [TestCase("", true)]
    [TestCase("app=web", true)]
    [TestCase("app==web", true)]
    [TestCase("app = web , tier = front", true)]
    [TestCase("app=db", false)]
    [TestCase("app!=db", true)]
    [TestCase("app!=web", false)]
    [TestCase("absent!=web", true)]
    [TestCase("app", true)]
    [TestCase("absent", false)]
    [TestCase("!absent", true)]
    [TestCase("!app", false)]
    [TestCase("app in (db,web),tier", true)]
    [TestCase("app in (db)", false)]
    [TestCase("app notin (db, cache)", true)]
    [TestCase("absent notin (db)", true)]
    [TestCase("empty=", true)]
    [TestCase("empty in (,x)", true)]
    public void Selects_as_the_api_does(string selector, bool selected) =>
        LabelSelector.Parse(selector).Matches(Labels).Should().Be(selected);

    [TestCase("app=web,")]
    [TestCase("app=an-application-whose-name-is-much-longer-than-any-label-value-may-be")]
    [TestCase("app in (web,an-application-whose-name-is-much-longer-than-any-label-value-may-be)")]
    [TestCase("=web")]
    [TestCase("app in web")]
    [TestCase("app in (web")]
    [TestCase("app within (web)")]
    [TestCase("app in ((web))")]
    [TestCase("a b=c")]
    [TestCase("app=we b")]
    [TestCase("!")]
    public void Malformed_text_is_refused_by_a_message_that_quotes_it(string selector)
    {
        Action parse = () => LabelSelector.Parse(selector);

        parse.Should().Throw<FormatException>().WithMessage($"*'{selector}'*");
    }

    [TestCase("app=web,tier!=back,a in (b,c),!d,e notin (f,g),h")]
    public void The_text_form_reads_back(string selector) =>
        LabelSelector.Parse(LabelSelector.Parse(selector).ToString()).ToString().Should().Be(selector);
}
