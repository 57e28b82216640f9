using System.Net;
using BuildController.Informers.Api;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Tests.Informers.Client.Http;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Configuration;

/// <summary>Runs shell scripts, so on the thread pool and not in virtual time; the clock still moves only when told to.</summary>
[Platform(Exclude = "Win")]
public sealed class ExecCredentialTests
{
    private readonly ManualTimeProvider time = new();
    private TemporaryFolder folder = null!;

    [SetUp]
    public void SetUp() => folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => folder.Dispose();

    [Test]
    public async Task The_token_is_kept_until_it_expires()
    {
        CredentialSource credentials = Source(Counting(time.GetUtcNow().AddMinutes(5)));

        string?[] tokens = [await TokenOf(credentials), await TokenOf(credentials)];
        time.Advance(TimeSpan.FromMinutes(5));
        string? later = await TokenOf(credentials);

        tokens.Should().Equal("token-1", "token-1");
        later.Should().Be("token-2");
    }

    [Test]
    public async Task Requests_at_once_wait_for_one_run()
    {
        CredentialSource credentials = Source(Counting(null));

        string?[] tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => TokenOf(credentials)));

        tokens.Should().OnlyContain(token => token == "token-1");
    }

    [Test]
    public async Task A_refused_token_is_replaced_once_for_all_who_sent_it_and_the_request_is_repeated()
    {
        var server = new CannedServer(request => request.Headers.Authorization!.Parameter == "token-1"
            ? CannedServer.Answer(Stream.Null, HttpStatusCode.Unauthorized)
            : CannedServer.Answer(new MemoryStream("""{"metadata":{"name":"a"}}"""u8.ToArray())));
        await using var clientset = new HttpClientset(Configuration(Counting(null)), new OperatorRuntime { Time = time }, server);

        for (int i = 0; i < 3; i++)
            await clientset.Resource(Types.ConfigMap).GetAsync(new ObjectKey("ns", "a"));

        server.Requests.Select(request => request.Authorization).Should().Equal("Bearer token-1", "Bearer token-2", "Bearer token-2", "Bearer token-2");
    }

    [Test]
    public async Task The_command_is_told_what_is_wanted_and_of_which_cluster()
    {
        ExecCredentialPlugin plugin = Script("""
            printf '%s|%s|%s|%s' "$KUBERNETES_EXEC_INFO" "$EXTRA" "$1" "$2" > "$0.out"
            printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":" t\\n "}}'
            """) with
        {
            Arguments = ["one", "two words"],
            Environment = new Dictionary<string, string> { ["EXTRA"] = "e x" },
            ProvideClusterInfo = true,
        };

        string? token = await TokenOf(Source(plugin));

        token.Should().Be("t");
        (await File.ReadAllTextAsync(plugin.Command + ".out")).Should().Be(
            """{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"https://api.example"}}}|e x|one|two words""");
    }

    [Test]
    public async Task A_client_certificate_may_come_instead_of_a_token()
    {
        using var certificates = new Certificates();
        (string certificate, string key) = certificates.Issue("me");
        string json = System.Text.Json.JsonSerializer.Serialize(new
        {
            apiVersion = "client.authentication.k8s.io/v1",
            kind = "ExecCredential",
            status = new { clientCertificateData = certificate, clientKeyData = key },
        });
        folder.Write("answer", json);
        CredentialSource credentials = Source(Script($"cat '{folder.PathOf("answer")}'"));

        string? token = await TokenOf(credentials);

        token.Should().BeNull();
        credentials.ClientCertificate!.HasPrivateKey.Should().BeTrue();
    }

    [TestCase("echo login failed >&2; echo try again >&2; exit 3", "exit code 3 and wrote: login failed try again")]
    [TestCase("echo nonsense", "did not print JSON")]
    [TestCase("echo '{}'", "did not print an ExecCredential")]
    [TestCase("""echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"s3cret"}}'""", "printed client.authentication.k8s.io/v1beta1, not client.authentication.k8s.io/v1")]
    [TestCase("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential"}'""", "no status")]
    [TestCase("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}}'""", "neither a token nor a client certificate")]
    [TestCase("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"s3cret","clientKeyData":"k"}}'""", "only one of")]
    [TestCase("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"clientCertificateData":"s3cret","clientKeyData":"k"}}'""", "no PEM")]
    [TestCase("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"s3cret","expirationTimestamp":"soon"}}'""", "gave no credentials")]
    public async Task A_command_that_fails_is_named_with_what_it_said(string script, string what)
    {
        ExecCredentialPlugin plugin = Script(script);
        CredentialSource credentials = Source(plugin);

        Func<Task> get = () => TokenOf(credentials);

        ApiException error = (await get.Should().ThrowAsync<ApiException>()).Which;
        error.IsDenied.Should().BeTrue();
        error.Message.Should().Contain(plugin.Command).And.Contain(what).And.NotContain("\n");
        error.ToString().Should().NotContain("s3cret");
    }

    [Test]
    public async Task A_command_that_is_not_there_is_named_with_the_hint()
    {
        var plugin = new ExecCredentialPlugin { Command = folder.PathOf("gone"), InstallHint = "Get it\nfrom here" };

        Func<Task> get = () => TokenOf(Source(plugin));

        (await get.Should().ThrowAsync<ApiException>()).Which.Message.Should().Contain("gone gave no credentials: it could not be started (no such file). Get it from here");
    }

    [Test]
    public async Task A_command_that_failed_is_run_again_by_the_next_request()
    {
        CredentialSource credentials = Source(Script("""
            if [ -e "$0.once" ]; then
              echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}'
            else
              touch "$0.once"; exit 1
            fi
            """));
        Func<Task> first = () => TokenOf(credentials);
        await first.Should().ThrowAsync<ApiException>();

        (await TokenOf(credentials)).Should().Be("t");
    }

    [Test]
    public async Task Disposal_kills_a_command_that_hangs()
    {
        CredentialSource credentials = Source(Script("sleep 1000"));
        Task<string?> token = TokenOf(credentials);

        await credentials.DisposeAsync();

        // The command is gone; who asked hears of it a thread later.
        Func<Task> wait = () => token.WaitAsync(TimeSpan.FromSeconds(30));
        await wait.Should().ThrowAsync<OperationCanceledException>();
    }

    private static Task<string?> TokenOf(CredentialSource credentials) => credentials.GetTokenAsync(CancellationToken.None).AsTask();

    private static ClusterConfiguration Configuration(ExecCredentialPlugin plugin) => new() { Server = new Uri("https://api.example"), Exec = plugin };

    private CredentialSource Source(ExecCredentialPlugin plugin) =>
        CredentialSource.Of(Configuration(plugin), new OperatorRuntime { Time = time });

    /// <summary>Prints token-1, then token-2, and so on.</summary>
    private ExecCredentialPlugin Counting(DateTimeOffset? expires)
    {
        string expiration = expires is { } at ? $",\"expirationTimestamp\":\"{at:yyyy-MM-ddTHH:mm:ssZ}\"" : string.Empty;
        return Script($$$"""
            echo run >> "$0.runs"
            n=$(($(wc -l < "$0.runs")))
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"token-'$n'"{{{expiration}}}}}'
            """);
    }

    private ExecCredentialPlugin Script(string text) => new() { Command = folder.Write("login", "#!/bin/sh\n" + text, executable: true) };
}
