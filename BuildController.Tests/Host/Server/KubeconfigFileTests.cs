using BuildController.Host.Server;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

public sealed class KubeconfigFileTests
{
    private string folder = null!;

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("kubeconfig").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public void The_file_and_its_folder_are_made_and_only_the_owner_may_read_the_file()
    {
        string path = Path.Combine(folder, "new", "config");

        KubeconfigFile.Write(path, "text");

        File.ReadAllText(path).Should().Be("text");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Test]
    public void A_file_that_others_could_read_is_replaced_by_one_that_they_cannot()
    {
        string path = Path.Combine(folder, "config");
        File.WriteAllText(path, "a longer text than the new one");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        KubeconfigFile.Write(path, "new");

        File.ReadAllText(path).Should().Be("new");
        Directory.GetFiles(folder).Should().Equal(path);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(path).Should().NotHaveFlag(UnixFileMode.OtherRead);
    }

    [Test]
    public void The_text_names_the_server_trusts_its_authority_and_carries_the_token()
    {
        using var certificates = ServerCertificates.Create();

        string text = KubeconfigFile.Text(new Uri("https://127.0.0.1:6443"), certificates.Authority, "se\"cret");

        var root = System.Text.Json.JsonElement.Parse(YamlToJson.Convert(text));
        root.GetProperty("current-context").GetString().Should().Be("embedded");
        root.GetProperty("contexts")[0].GetProperty("context").GetProperty("namespace").GetString().Should().Be("default");
        root.GetProperty("users")[0].GetProperty("user").GetProperty("token").GetString().Should().Be("se\"cret");
        System.Text.Json.JsonElement cluster = root.GetProperty("clusters")[0].GetProperty("cluster");
        cluster.GetProperty("server").GetString().Should().Be("https://127.0.0.1:6443");
        string pem = System.Text.Encoding.ASCII.GetString(cluster.GetProperty("certificate-authority-data").GetBytesFromBase64());
        pem.Trim().Should().Be(certificates.Authority.ExportCertificatePem());
    }
}
