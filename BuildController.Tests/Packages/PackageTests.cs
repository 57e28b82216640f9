using System.IO.Compression;
using System.Xml.Linq;
using BuildController.Tests.Docs;
using BuildController.Tests.Informers.Client.Configuration;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Packages;

/// <summary>The packages as <c>dotnet pack</c> makes them, of what these tests were built with, and as others use them.</summary>
[TestFixture]
[Category("Packages")]
[CancelAfter(300_000)]
public sealed class PackageTests
{
    private static readonly string[] Ids = ["BuildController.Core", "BuildController.Informers"];

    /// <summary>Unlike any other, so that no cache has it.</summary>
    private static readonly string Version = $"0.0.0-test.{Guid.NewGuid():N}";

    private TemporaryFolder feed = null!;

    [OneTimeSetUp]
    public async Task Pack()
    {
        feed = new TemporaryFolder();
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        (int exitCode, string output) = await DotnetCommand.RunAsync(
            Repository.Root, ["pack", "BuildController.sln", "--no-build", "-c", configuration, "-o", feed.Path, $"-p:Version={Version}"], CancellationToken.None);

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Not.Contain("warning"));
    }

    [OneTimeTearDown]
    public void CleanUp() => feed.Dispose();

    [Test]
    public void The_two_libraries_are_packed_with_their_symbols_and_nothing_else_is() =>
        Directory.EnumerateFiles(feed.Path).Select(Path.GetFileName)
            .Should().BeEquivalentTo(Ids.SelectMany(static id => new[] { $"{id}.{Version}.nupkg", $"{id}.{Version}.snupkg" }));

    [TestCaseSource(nameof(Ids))]
    public void A_package_has_a_readme_a_licence_documentation_and_what_people_search_for(string id)
    {
        using ZipArchive package = ZipFile.OpenRead(feed.PathOf($"{id}.{Version}.nupkg"));
        XElement metadata = Nuspec(package);

        package.Entries.Select(static entry => entry.FullName).Should().Contain(["README.md", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml"]);
        Text(metadata, "license").Should().Be("Apache-2.0");
        Text(metadata, "readme").Should().Be("README.md");
        Text(metadata, "authors").Should().NotBeEmpty().And.NotBe(id);
        Text(metadata, "description").Should().NotBe("Package Description");
        Text(metadata, "tags").Should().Contain("kubernetes");
        Text(metadata, "releaseNotes").Should().NotBeEmpty();
    }

    [TestCaseSource(nameof(Ids))]
    public void Symbols_come_in_a_package_of_their_own(string id)
    {
        using ZipArchive symbols = ZipFile.OpenRead(feed.PathOf($"{id}.{Version}.snupkg"));

        symbols.Entries.Select(static entry => entry.FullName).Should().Contain($"lib/net10.0/{id}.pdb");
    }

    [Test]
    public void Core_depends_on_the_informers_of_its_version_and_neither_on_what_only_builds_it()
    {
        using ZipArchive core = ZipFile.OpenRead(feed.PathOf($"BuildController.Core.{Version}.nupkg"));
        using ZipArchive informers = ZipFile.OpenRead(feed.PathOf($"BuildController.Informers.{Version}.nupkg"));

        Dependencies(core).Should().Contain($"BuildController.Informers {Version}");
        Dependencies(core).Concat(Dependencies(informers)).Should().NotContain(static one => one.Contains("Analyzers", StringComparison.Ordinal) || one.Contains("ILLink", StringComparison.Ordinal));
    }

    [Test]
    public async Task A_project_elsewhere_restores_them_from_a_folder_and_runs_a_controller(CancellationToken giveUp)
    {
        using var folder = new TemporaryFolder();
        folder.Write("nuget.config", $"""
            <configuration>
              <packageSources>
                <add key="packed" value="{feed.Path}" />
              </packageSources>
            </configuration>
            """);
        folder.Write("Consumer.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestorePackagesPath>$(MSBuildThisFileDirectory)packages</RestorePackagesPath>
                <RestoreFallbackFolders>{PackagesFolder}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="BuildController.Core" Version="{Version}" />
              </ItemGroup>
            </Project>
            """);
        folder.Write("Program.cs", File.ReadAllText(Repository.PathOf("BuildController.Tests", "Packages", "Consumer.cs.txt")));

        (int exitCode, string output) = await DotnetCommand.RunAsync(folder.Path, ["run"], giveUp);

        exitCode.Should().Be(0, output);
        output.Trim().Should().EndWith("The pool worker was visited, and the build controller has its caches.");
        Directory.EnumerateDirectories(folder.PathOf("packages")).Select(Path.GetFileName).Should().Contain(["buildcontroller.core", "buildcontroller.informers"], "these come from the folder, and from nowhere else");
    }

    /// <summary>Where the other packages are already, so that they need not be fetched again.</summary>
    private static string PackagesFolder =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static XElement Nuspec(ZipArchive package)
    {
        using Stream nuspec = package.Entries.Single(static entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XElement.Load(nuspec).Elements().Single();
    }

    private static string Text(XElement metadata, string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value ?? string.Empty;

    private static IEnumerable<string> Dependencies(ZipArchive package) => [.. Nuspec(package).Descendants()
        .Where(static element => element.Name.LocalName == "dependency").Select(static element => $"{element.Attribute("id")!.Value} {element.Attribute("version")!.Value}")];
}
