using BuildController.Informers.Client.Configuration;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Configuration;

public sealed class InClusterConfigurationTests
{
    private readonly Dictionary<string, string?> environment = new();
    private TemporaryFolder folder = null!;
    private Certificates certificates = null!;

    [SetUp]
    public void SetUp()
    {
        folder = new TemporaryFolder();
        certificates = new Certificates();
        environment["KUBERNETES_SERVICE_HOST"] = "10.0.0.1";
        environment["KUBERNETES_SERVICE_PORT"] = "443";
        folder.Write("token", "t");
        folder.Write("ca.crt", certificates.AuthorityPem);
        folder.Write("namespace", "team\n");
    }

    [TearDown]
    public void TearDown()
    {
        folder.Dispose();
        certificates.Dispose();
    }

    [TestCase("10.0.0.1", "https://10.0.0.1/")]
    [TestCase("fd00::1", "https://[fd00::1]/")]
    public void A_pod_has_all_that_is_needed(string host, string server)
    {
        environment["KUBERNETES_SERVICE_HOST"] = host;

        ClusterConfiguration configuration = Load();

        configuration.Server.AbsoluteUri.Should().Be(server);
        configuration.BearerTokenFile.Should().Be(folder.PathOf("token"));
        configuration.Namespace.Should().Be("team");
        configuration.CertificateAuthorities.Single().Thumbprint.Should().Be(certificates.Authority.Thumbprint);
        InClusterConfiguration.IsAvailable(Variable, folder.Path).Should().BeTrue();
    }

    [Test]
    public void Outside_a_cluster_the_error_says_so_and_what_to_do()
    {
        environment.Remove("KUBERNETES_SERVICE_HOST");

        Action load = () => Load();

        load.Should().Throw<KubeConfigException>().WithMessage("*does not run in a cluster (KUBERNETES_SERVICE_HOST is not set)*kubeconfig*");
        InClusterConfiguration.IsAvailable(Variable, folder.Path).Should().BeFalse();
    }

    [TestCase("token")]
    [TestCase("ca.crt")]
    public void A_missing_file_of_the_service_account_is_named(string name)
    {
        File.Delete(folder.PathOf(name));

        Action load = () => Load();

        load.Should().Throw<KubeConfigException>().WithMessage($"{folder.PathOf(name)} cannot be read*mount the service account*");
    }

    [Test]
    public void A_malformed_authority_is_named()
    {
        folder.Write("ca.crt", "nonsense");

        Action load = () => Load();

        load.Should().Throw<KubeConfigException>().WithMessage($"{folder.PathOf("ca.crt")} is no PEM certificate*");
    }

    private ClusterConfiguration Load() => InClusterConfiguration.Load(Variable, folder.Path);

    private string? Variable(string name) => environment.GetValueOrDefault(name);
}
