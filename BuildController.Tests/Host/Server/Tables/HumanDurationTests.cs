using BuildController.Host.Server.Tables;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server.Tables;

public sealed class HumanDurationTests
{
    [TestCase(-5, ExpectedResult = "<invalid>")]
    [TestCase(0, ExpectedResult = "0s")]
    [TestCase(119, ExpectedResult = "119s")]
    [TestCase(120, ExpectedResult = "2m")]
    [TestCase(125, ExpectedResult = "2m5s")]
    [TestCase(600, ExpectedResult = "10m")]
    [TestCase(3 * 3600, ExpectedResult = "3h")]
    [TestCase((7 * 3600) + 60, ExpectedResult = "7h1m")]
    [TestCase(47 * 3600, ExpectedResult = "47h")]
    [TestCase(49 * 3600, ExpectedResult = "2d1h")]
    [TestCase(8 * 86400, ExpectedResult = "8d")]
    [TestCase(800 * 86400, ExpectedResult = "2y70d")]
    [TestCase(3000 * 86400, ExpectedResult = "8y")]
    public string Durations_read_as_kubectl_shows_them(long seconds) => HumanDuration.Format(TimeSpan.FromSeconds(seconds));
}
