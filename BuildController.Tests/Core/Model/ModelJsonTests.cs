using System.Text;
using BuildController.Core.Model;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Model;

[TestFixture]
public sealed class ModelJsonTests
{
    [Test]
    public void What_a_server_leaves_out_reads_as_empty_and_never_as_null()
    {
        MachineConfigPool pool = Resources.MachineConfigPools.Read("""{"metadata":{"name":"worker"},"spec":{"configuration":{}},"status":{"conditions":[{"type":"Updated","status":"True"},{}]}}"""u8);

        pool.Metadata.Labels.Should().BeEmpty();
        pool.Spec.Configuration!.Name.Should().BeEmpty();
        pool.Status.Conditions[0].Reason.Should().BeEmpty();
        pool.Status.Conditions[0].Message.Should().BeEmpty();
        pool.Status.Conditions[1].Status.Should().Be("Unknown");

        MachineConfigPool bare = Resources.MachineConfigPools.Read("{}"u8);
        bare.Metadata.Name.Should().BeEmpty();
        bare.Spec.Configuration.Should().BeNull();
        bare.Status.Conditions.Should().BeEmpty();
    }

    [Test]
    public void A_secret_reads_its_bytes_and_shows_none_of_them()
    {
        Secret secret = Resources.Secrets.Read("""{"metadata":{"name":"s","namespace":"n"},"data":{"k":"aGlkZGVu"}}"""u8);

        secret.Type.Should().BeEmpty();
        Encoding.UTF8.GetString(secret.Data["k"]).Should().Be("hidden");
        secret.ToString().Should().Contain("n/s").And.Contain("k").And.NotContain("hidden");
    }

    [Test]
    public void A_pod_is_written_with_its_kind_and_reads_back()
    {
        var pod = new Pod { Spec = new PodSpec { Containers = [new Container { Name = "a", Image = "b", Env = [new EnvironmentVariable("X", "1")] }] } };

        byte[] json = Resources.Pods.Write(pod);

        Encoding.UTF8.GetString(json).Should().StartWith("""{"apiVersion":"v1","kind":"Pod",""");
        Resources.Pods.Read(json).Spec.Containers[0].Env.Should().Equal(new EnvironmentVariable("X", "1"));
    }
}
