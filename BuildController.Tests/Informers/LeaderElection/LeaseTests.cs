using System.Text;
using BuildController.Informers.Api;
using BuildController.Informers.LeaderElection;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.LeaderElection;

[TestFixture]
public sealed class LeaseTests
{
    private const string Json = """
        {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"a","namespace":"b","resourceVersion":"7"},
         "spec":{"holderIdentity":"me","leaseDurationSeconds":15,"acquireTime":"2024-01-01T00:00:00.123456Z",
         "renewTime":"2024-01-01T01:00:02.000001+01:00","leaseTransitions":4,"strategy":"OldestEmulationVersion","preferredHolder":"you"}}
        """;

    [Test]
    public void A_lease_is_read_with_all_that_election_needs()
    {
        Lease lease = Lease.ResourceType.Read(Encoding.UTF8.GetBytes(Json));

        lease.Metadata.ResourceVersion.Should().Be("7");
        lease.Spec.Should().Be(new LeaseSpec
        {
            HolderIdentity = "me",
            LeaseDurationSeconds = 15,
            AcquireTime = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(1_234_560),
            RenewTime = new DateTimeOffset(2024, 1, 1, 0, 0, 2, TimeSpan.Zero).AddTicks(10),
            LeaseTransitions = 4,
        });
    }

    [TestCase("{\"metadata\":{\"name\":\"a\"}}")]
    [TestCase("{\"metadata\":{\"name\":\"a\"},\"spec\":null}")]
    [TestCase("{\"metadata\":{\"name\":\"a\"},\"spec\":{}}")]
    [TestCase("{\"metadata\":{\"name\":\"a\"},\"spec\":{\"holderIdentity\":null,\"renewTime\":null}}")]
    public void A_lease_that_says_nothing_is_free(string json) =>
        Lease.ResourceType.Read(Encoding.UTF8.GetBytes(json)).Spec.Should().Be(new LeaseSpec());

    [Test]
    public void Times_are_written_with_six_digits_of_a_second_as_servers_demand()
    {
        var time = new DateTimeOffset(2024, 1, 1, 2, 0, 0, TimeSpan.FromHours(2));
        var lease = new Lease
        {
            Metadata = new ObjectMeta { Name = "a", Namespace = "b", CreationTimestamp = time },
            Spec = new LeaseSpec { HolderIdentity = "me", AcquireTime = time, RenewTime = time.AddTicks(1_234_567) },
        };

        string json = Encoding.UTF8.GetString(Lease.ResourceType.Write(lease));

        json.Should().Contain("\"creationTimestamp\":\"2024-01-01T00:00:00Z\"")
            .And.Contain("\"acquireTime\":\"2024-01-01T00:00:00.000000Z\"")
            .And.Contain("\"renewTime\":\"2024-01-01T00:00:00.123456Z\"")
            .And.NotContain("leaseTransitions");
        lease.Spec.ToPatch().ToJsonString().Should()
            .Be("{\"holderIdentity\":\"me\",\"acquireTime\":\"2024-01-01T00:00:00.000000Z\",\"renewTime\":\"2024-01-01T00:00:00.123456Z\"}");
    }

    [Test]
    public void A_lease_is_never_replaced_whole_because_it_would_lose_fields() => Lease.ResourceType.KeepsUnknownFields.Should().BeFalse();
}
