using System.Text;
using BuildController.Informers.Client.Configuration;
using BuildController.Tests.Informers.Client.Configuration;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Fuzz;

/// <summary>A thousand damaged kubeconfigs: each is read, or refused with an error that names the file; soon, and with no other exception.</summary>
[TestFixture]
public sealed class KubeconfigFuzzTests
{
    private const int Count = 1000;

    private const string Valid = """
        apiVersion: v1
        kind: Config
        current-context: one
        contexts:
        - name: one
          context: {cluster: c, user: u, namespace: default}
        - name: two
          context:
            cluster: d
            user: v
        clusters:
        - name: c
          cluster:
            server: https://127.0.0.1:6443
            certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==
            tls-server-name: kubernetes
        - name: d
          cluster: {server: "http://localhost:8080", insecure-skip-tls-verify: true, proxy-url: "http://proxy:3128"}
        users:
        - name: u
          user: {token: secret-token}
        - name: v
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: /no/such/plugin
              args: [get-token]
              env: [{name: A, value: b}]
              interactiveMode: Never
        preferences: {}

        """;

    private static readonly string[] Pieces =
    [
        "*", "&a", "*a", "!!binary", "!<x>", "{", "}", "[", "]", ":", "- ", "|", ">", "%YAML 9", "---", "...", "\t", "\0", "\"", "'", "? ", "<<: *a", "null", "~", "1e999", "\u00fe\u00ff", "#", "@", "`", "server: ftp://x", "server: https://[::", "token: []", "exec: 5",
        "users: {}", "clusters: text", "current-context: [a]", "tokenFile: /no/such", "client-certificate-data: '!!'", new('[', 5000), new(' ', 5000),
    ];

    [Test]
    public void Damaged_kubeconfigs_are_refused_with_an_error_that_names_them()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(3);
        string path = folder.PathOf("kubeconfig");
        int refused = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] text = Damage(random);
            File.WriteAllBytes(path, text);
            Task load = Task.Run(() =>
            {
                try
                {
                    KubeConfig.Load(path);
                }
                catch (KubeConfigException error)
                {
                    error.Message.Should().NotContain("secret-token");
                    Interlocked.Increment(ref refused);
                }
            });

            load.Wait(TimeSpan.FromSeconds(30)).Should().BeTrue("number {0} must not hang", i);
        }

        refused.Should().BeGreaterThan(Count / 4);
    }

    private static byte[] Damage(Random random)
    {
        string text = Valid;
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(text.Length);
            string[] lines = text.Split('\n');
            int line = random.Next(lines.Length);
            text = random.Next(6) switch
            {
                0 => text[..at],
                1 => text.Insert(at, Pieces[random.Next(Pieces.Length)]),
                2 => string.Join('\n', lines.Where((_, index) => index != line)),
                3 => string.Join('\n', lines.SelectMany((one, index) => index == line ? new[] { one, one } : [one])),
                4 => string.Join('\n', lines.Select((one, index) => index == line ? "  " + one : one)),
                _ => text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)),
            };
            if (text.Length == 0)
                break;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > 0 && random.Next(5) == 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

        return bytes;
    }
}
