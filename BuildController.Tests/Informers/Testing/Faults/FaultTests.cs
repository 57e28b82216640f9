using BuildController.Informers.Testing.Faults;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Testing.Faults;

[TestFixture]
public sealed class FaultTests
{
    private static readonly string[] Verbs = ["get", "list", "watch", "create", "update", "patch", "delete"];

    [TestCase(FaultKind.Conflict, "update patch")]
    [TestCase(FaultKind.ListTruncated, "list")]
    [TestCase(FaultKind.WatchClosed, "watch")]
    [TestCase(FaultKind.WatchExpired, "watch")]
    [TestCase(FaultKind.AnswerLost, "get list create update patch delete")]
    [TestCase(FaultKind.CrashAfter, "get list create update patch delete")]
    [TestCase(FaultKind.Slow, "get list watch create update patch delete")]
    [TestCase(FaultKind.Reset, "get list watch create update patch delete")]
    [TestCase(FaultKind.RestartEmpty, "get list watch create update patch delete")]
    [TestCase(FaultKind.CrashBefore, "get list watch create update patch delete")]
    public void A_fault_befalls_only_what_it_can(FaultKind kind, string verbs) =>
        string.Join(' ', Verbs.Where(new Fault(kind).Fits)).Should().Be(verbs);

    [Test]
    public void Each_kind_is_of_a_request_of_a_watch_or_of_the_process()
    {
        IEnumerable<FaultKind> Of(Func<Fault, bool> part) => Enum.GetValues<FaultKind>().Where(kind => part(new Fault(kind)));

        Of(fault => fault.IsOfWatch).Should().Equal(Enum.GetValues<FaultKind>().Where(kind => kind.ToString().StartsWith("Watch", StringComparison.Ordinal)));
        Of(fault => fault.IsOfProcess).Should().Equal(FaultKind.CrashBefore, FaultKind.CrashAfter, FaultKind.Pause);
    }

    [Test]
    public void Its_text_has_what_belongs_to_its_kind_and_nothing_else()
    {
        string Text(FaultKind kind) => new Fault(kind) { Time = TimeSpan.FromSeconds(1.5), AfterEvents = 2 }.ToString();

        Text(FaultKind.Slow).Should().Be("Slow 1.5 s");
        Text(FaultKind.Conflict).Should().Be("Conflict");
        Text(FaultKind.WatchDelayed).Should().Be("WatchDelayed 1.5 s after 2 events");
        Text(FaultKind.ListTruncated).Should().Be("ListTruncated after 2 items");
        new Fault(FaultKind.WatchTruncated) { IsAbrupt = true }.ToString().Should().Be("WatchTruncated abruptly");
    }
}
