using System.Security.Cryptography.X509Certificates;
using System.Text;
using BuildController.Informers.Client.Configuration;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Configuration;

public sealed class KubeConfigTests
{
    private const string Valid = """
        apiVersion: v1
        kind: Config
        current-context: dev
        contexts:
        - name: dev
          context: {cluster: here, user: me, namespace: team}
        - name: bare
          context: {cluster: here}
        clusters:
        - name: here
          cluster:
            server: https://api.example:6443
        users:
        - name: me
          user:
            token: s3cret
        """;

    private TemporaryFolder folder = null!;
    private Certificates certificates = null!;

    [SetUp]
    public void SetUp()
    {
        folder = new TemporaryFolder();
        certificates = new Certificates();
    }

    [TearDown]
    public void TearDown()
    {
        folder.Dispose();
        certificates.Dispose();
    }

    [Test]
    public void The_current_context_leads_to_its_cluster_and_user()
    {
        ClusterConfiguration configuration = Load(Valid);

        configuration.Server.Should().Be(new Uri("https://api.example:6443"));
        configuration.BearerToken.Should().Be("s3cret");
        configuration.Namespace.Should().Be("team");
        configuration.CertificateAuthorities.Should().BeEmpty();
        configuration.ToString().Should().Be("https://api.example:6443 (bearer token)");
    }

    [Test]
    public void A_context_may_be_named_and_may_have_no_user()
    {
        ClusterConfiguration configuration = Load(Valid, "bare");

        configuration.BearerToken.Should().BeNull();
        configuration.Namespace.Should().Be("default");
    }

    [Test]
    public void Cluster_settings_are_taken()
    {
        ClusterConfiguration configuration = Load(Valid.Replace("server: https", "insecure-skip-tls-verify: true\n    tls-server-name: inner\n    server: https"));

        configuration.SkipTlsVerify.Should().BeTrue();
        configuration.TlsServerName.Should().Be("inner");
        Load(Valid.Replace("server: https", "proxy-url: http://proxy:3128\n    server: https")).Proxy.Should().Be(new Uri("http://proxy:3128"));
    }

    [TestCase("EC", true)]
    [TestCase("EC", false)]
    [TestCase("RSA", true)]
    [TestCase("RSA", false)]
    [TestCase("PKCS8", true)]
    public void Certificates_come_from_the_file_itself_or_from_files_beside_it(string form, bool inline)
    {
        (string certificate, string key) = certificates.Issue("me", form);
        string Value(string name, string pem)
        {
            folder.Write($"pki/{name}", pem);
            return inline ? $"{name}-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(pem))}" : $"{name}: pki/{name}";
        }

        ClusterConfiguration configuration = Load(Valid
            .Replace("    server:", $"    {Value("certificate-authority", certificates.AuthorityPem)}\n    server:")
            .Replace("    token: s3cret", $"    {Value("client-certificate", certificate + "\n" + certificates.AuthorityPem)}\n    {Value("client-key", key)}"));

        configuration.CertificateAuthorities.Single().Thumbprint.Should().Be(certificates.Authority.Thumbprint);
        configuration.ClientCertificate!.HasPrivateKey.Should().BeTrue();
        configuration.ClientCertificate.GetNameInfo(X509NameType.SimpleName, false).Should().Be("me");
        configuration.ClientCertificateChain.Single().Thumbprint.Should().Be(certificates.Authority.Thumbprint);
    }

    [Test]
    public void A_token_file_is_found_from_the_kubeconfigs_folder()
    {
        string file = folder.Write("token", "t");

        Load(Valid.Replace("token: s3cret", "tokenFile: token")).BearerTokenFile.Should().Be(file);
    }

    [Test]
    public void An_exec_plugin_is_taken_with_all_it_says()
    {
        ClusterConfiguration configuration = Load(Valid.Replace("    token: s3cret", """
                exec:
                  apiVersion: client.authentication.k8s.io/v1beta1
                  command: ./bin/login
                  args: [--cluster, "7"]
                  env:
                  - {name: A, value: b}
                  - {name: EMPTY, value: ""}
                  installHint: Install login
                  provideClusterInfo: true
                  interactiveMode: IfAvailable
            """));

        configuration.Exec.Should().BeEquivalentTo(new ExecCredentialPlugin
        {
            ApiVersion = "client.authentication.k8s.io/v1beta1",
            Command = folder.PathOf("bin/login"),
            Arguments = ["--cluster", "7"],
            Environment = new Dictionary<string, string> { ["A"] = "b", ["EMPTY"] = string.Empty },
            InstallHint = "Install login",
            ProvideClusterInfo = true,
        });
    }

    [Test]
    public void A_command_without_a_folder_is_looked_for_on_the_path() =>
        Load(Valid.Replace("token: s3cret", "exec: {apiVersion: client.authentication.k8s.io/v1, command: login}")).Exec!.Command.Should().Be("login");

    [TestCase("current-context: dev", "", "current-context is not set")]
    [TestCase("current-context: dev", "current-context: prod", "no context 'prod'; it has 'dev', 'bare'")]
    [TestCase("cluster: here, user", "cluster: there, user", "contexts[dev].context.cluster is 'there'", "it has 'here'")]
    [TestCase("user: me", "user: you", "contexts[dev].context.user is 'you'", "it has 'me'")]
    [TestCase("cluster: here, user: me, ", "", "contexts[dev].context.cluster is missing")]
    [TestCase("server: https://api.example:6443", "x: y", "clusters[here].cluster.server is missing")]
    [TestCase("server: https://api.example:6443", "server: api.example:6443", "clusters[here].cluster.server is 'api.example:6443'")]
    [TestCase("server: https://api.example:6443", "server: [a]", "clusters[here].cluster.server must be a text")]
    [TestCase("    server:", "    insecure-skip-tls-verify: maybe\n    server:", "insecure-skip-tls-verify is 'maybe'")]
    [TestCase("    server:", "    certificate-authority-data: '!s3cret!'\n    server:", "certificate-authority-data is not base64")]
    [TestCase("    server:", "    certificate-authority-data: c2VjcmV0\n    server:", "certificate-authority-data is no PEM certificate")]
    [TestCase("    server:", "    certificate-authority: gone.crt\n    server:", "certificate-authority names", "gone.crt, which cannot be read")]
    [TestCase("token: s3cret", "tokenFile: gone", "users[me].user.tokenFile names", "gone, which does not exist")]
    [TestCase("token: s3cret", "client-key-data: c2VjcmV0", "client-certificate is missing")]
    [TestCase("token: s3cret", "username: u\n    password: s3cret", "users[me].user.username is not supported")]
    [TestCase("token: s3cret", "auth-provider: {name: gcp}", "users[me].user.auth-provider (gcp) is not supported")]
    [TestCase("token: s3cret", "as-groups: [a]", "users[me].user.as-groups is not supported")]
    [TestCase("token: s3cret", "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}", "users[me].user.exec.apiVersion is 'client.authentication.k8s.io/v1alpha1'")]
    [TestCase("token: s3cret", "exec: {apiVersion: client.authentication.k8s.io/v1}", "users[me].user.exec.command is missing")]
    [TestCase("token: s3cret", "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}", "interactiveMode is Always")]
    [TestCase("token: s3cret", "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, args: {a: b}}", "users[me].user.exec.args must be a list")]
    [TestCase("  user:\n", "  nothing:\n", "users[me].user is missing")]
    [TestCase("users:\n- name: me", "users:\n  name: me", "users must be a list")]
    [TestCase("    server:", "    tls-server-name: a\n    proxy-url: http://p\n    server:", "clusters[here].cluster.proxy-url cannot go with tls-server-name")]
    [TestCase("kind: Config", "kind: [", "is not valid YAML")]
    [TestCase("kind: Config", "kind: 'x", "is not valid YAML")]
    [TestCase("kind: Config", "kind: Config\n kind: Config", "line 3 is not valid YAML")]
    [TestCase("kind: Config", "kind: *nothing", "is not valid YAML")]
    public void A_fault_is_named_in_one_line_with_the_file_and_the_value(string valid, string faulty, params string[] parts)
    {
        string text = Valid.Replace(valid, faulty);
        text.Should().NotBe(Valid);

        Action load = () => Load(text);

        string message = load.Should().Throw<KubeConfigException>().Which.Message;
        message.Should().StartWith(folder.PathOf("config") + ": ").And.ContainAll(parts).And.NotContain("\n").And.NotContain("s3cret");
        message.Should().MatchRegex("[;:,].*\\.$", "it says what to do");
    }

    [Test]
    public void A_damaged_file_is_read_or_refused_in_one_line_and_nothing_else()
    {
        const string Damage = "{}[]:,-&*!|>'\"%@` #\n\tx";
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var text = new StringBuilder(Valid);
            for (int i = random.Next(1, 4); i > 0; i--)
                text[random.Next(text.Length)] = Damage[random.Next(Damage.Length)];

            try
            {
                Load(text.ToString());
            }
            catch (KubeConfigException error)
            {
                error.Message.Should().StartWith(folder.Path).And.NotContain("\n");
            }
        }
    }

    [Test]
    public void A_key_that_does_not_belong_to_the_certificate_is_a_fault()
    {
        (string certificate, _) = certificates.Issue("me");
        (_, string key) = certificates.Issue("other");
        folder.Write("c", certificate);
        folder.Write("k", key);

        Action load = () => Load(Valid.Replace("token: s3cret", "client-certificate: c\n    client-key: k"));

        load.Should().Throw<KubeConfigException>().Which.Message.Should().Contain("users[me].user.client-key is no PEM key");
    }

    [TestCase("")]
    [TestCase("just text")]
    [TestCase("- a\n- b")]
    public void What_is_no_mapping_is_no_kubeconfig(string text)
    {
        Action load = () => Load(text);

        load.Should().Throw<KubeConfigException>().WithMessage("*no kubeconfig file*");
    }

    [Test]
    public void A_missing_file_and_a_folder_are_named()
    {
        Action missing = () => KubeConfig.Load(folder.PathOf("gone"));
        Action directory = () => KubeConfig.Load(folder.Path);

        missing.Should().Throw<KubeConfigException>().WithMessage($"{folder.PathOf("gone")}: there is no such kubeconfig file*");
        directory.Should().Throw<KubeConfigException>().WithMessage($"{folder.Path}: the kubeconfig file cannot be read*");
    }

    [Test]
    public void Of_several_files_the_first_that_has_a_name_counts_and_missing_ones_do_not_matter()
    {
        string first = folder.Write("a/config", "users:\n- name: me\n  user: {tokenFile: token}\n");
        folder.Write("a/token", "t");
        string second = folder.Write("b/config", Valid);
        string variable = string.Join(Path.PathSeparator, folder.PathOf("gone"), first, second);

        ClusterConfiguration configuration = KubeConfig.LoadDefault(variable, folder.Path, null);

        configuration.Server.Host.Should().Be("api.example");
        configuration.BearerTokenFile.Should().Be(folder.PathOf("a/token"));
        configuration.BearerToken.Should().BeNull();
    }

    [Test]
    public void Without_the_variable_the_home_folder_is_looked_into()
    {
        folder.Write(".kube/config", Valid);

        KubeConfig.LoadDefault(null, folder.Path, "bare").Server.Host.Should().Be("api.example");
    }

    private ClusterConfiguration Load(string text, string? context = null) => KubeConfig.Load(folder.Write("config", text), context);
}
